//! Who is in the tenant.

use leptos::prelude::*;

use super::api::{RemoveMember, SetMember};
use super::invite_form::InviteForm;
use super::known::Known;
use super::member_row::MemberRow;
use crate::plain_form::FormState;
use crate::ui::{Card, Empty, EmptyState, HeaderCell, Table};

/// Everybody with a role, why they have it, and for admins of the tenant the form that adds somebody.
#[component]
pub fn MembersTab(known: Known) -> impl IntoView {
    let change = ServerAction::<SetMember>::new();
    let remove = ServerAction::<RemoveMember>::new();
    known.follow(change);
    known.follow(remove);
    let (changing, removing) = (
        FormState::of("member", change),
        FormState::of("removal", remove),
    );
    let may = Memo::new(move |_| known.rights.with(|rights| rights.members));
    let none = Memo::new(move |_| known.detail.with(|detail| detail.members.is_empty()));
    let rows = move || {
        let members = known.detail.with(|detail| detail.members.clone());
        let rights = known.rights.get();
        members
            .into_iter()
            .map(|member| {
                view! {
                    <MemberRow known=known member=member rights=rights change=change remove=remove />
                }
            })
            .collect_view()
    };
    let head = move || {
        view! {
            <HeaderCell>"Person"</HeaderCell>
            <HeaderCell>"Role"</HeaderCell>
            <HeaderCell>"Last seen"</HeaderCell>
            <HeaderCell>
                <span class="sr-only">"What you can do"</span>
            </HeaderCell>
        }
        .into_any()
    };
    let table = move || {
        if none.get() {
            view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="No members yet"
                    text="Whoever is added or invited here can see the tenant, and order in it as their role allows."
                />
            }
            .into_any()
        } else {
            view! {
                <Table caption="Members" head=Box::new(head)>
                    {rows}
                </Table>
            }
            .into_any()
        }
    };
    let columns = move || {
        if may.get() {
            crate::ui::tw(
                "grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]",
            )
        } else {
            crate::ui::tw("grid grid-cols-1 gap-3.5")
        }
    };
    view! {
        <div class=columns>
            <div class="min-w-0">
                {changing.notice()}
                {removing.notice()}
                <Card title="Members" flush=true>
                    {table}
                </Card>
            </div>
            {move || {
                may.get().then(|| view! { <InviteForm known=Some(known) tenants=Vec::new() /> })
            }}
        </div>
    }
    .into_any()
}
