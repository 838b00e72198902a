//! The members with their roles, and for callers who may manage members the form that invites one.

use domain::tenancy::{Member, TenantDetail};
use leptos::prelude::*;

use super::member_row::MemberRow;
use crate::page::PageRequest;
use crate::tenants::permissions::TenantPermissions;
use crate::tenants::{InviteForm, InviteTo};
use crate::ui::{Card, Empty, EmptyState, HeaderCell, Table, tw};

#[component]
pub fn Members(
    request: PageRequest,
    tenant: TenantDetail,
    permissions: TenantPermissions,
) -> impl IntoView {
    let TenantDetail {
        tenant, members, ..
    } = tenant;
    let table = if members.is_empty() {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No members yet"
                text="Members can view the tenant and use it as their role allows. Invite the first member."
            />
        }
        .into_any()
    } else {
        let head = || {
            view! {
                <HeaderCell>"User"</HeaderCell>
                <HeaderCell>"Role"</HeaderCell>
                <HeaderCell>"Last seen"</HeaderCell>
                <HeaderCell>
                    <span class="sr-only">"Actions"</span>
                </HeaderCell>
            }
            .into_any()
        };
        let row = |member: Member| {
            view! {
                <MemberRow request=request.clone() tenant=tenant.id member=member permissions=permissions />
            }
        };
        let rows = members.into_iter().map(row).collect_view();
        view! {
            <Table caption="Members" head=Box::new(head)>
                {rows}
            </Table>
        }
        .into_any()
    };
    let (columns, invite) = if permissions.manage_members {
        let to = InviteTo::Tenant(tenant.slug);
        (
            tw("grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]"),
            Some(view! { <InviteForm request=request to=to /> }),
        )
    } else {
        (tw("grid grid-cols-1 gap-3.5"), None)
    };
    view! {
        <div class=columns>
            <div class="min-w-0">
                <Card title="Members" flush=true>
                    {table}
                </Card>
            </div>
            {invite}
        </div>
    }
    .into_any()
}
