//! Addresses that are invited and have not signed in yet.

use domain::tenancy::Invitation;
use leptos::prelude::*;

use super::api::WithdrawInvitation;
use super::known::Known;
use crate::plain_form::FormState;
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Card, Cell, Empty, EmptyState, HeaderCell, LinkButton, RelativeTime, Row,
    Table,
};

/// Open invitations, for those who may invite.
#[component]
pub fn InvitationsTab(known: Known) -> impl IntoView {
    let withdraw = ServerAction::<WithdrawInvitation>::new();
    known.follow(withdraw);
    let state = FormState::of("withdraw", withdraw);
    let members = routes::tenant(&known.slug());
    let content = move || {
        if !known.rights.with(|rights| rights.members) {
            return view! {
                <EmptyState
                    why=Empty::NoPermission
                    title="Invitations are for admins of the tenant"
                    text="They see whom they have invited, and can take it back."
                />
            }
            .into_any();
        }
        let invitations = known.detail.with(|detail| detail.invitations.clone());
        if invitations.is_empty() {
            let members = members.clone();
            return view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="No open invitations"
                    text="Whoever was invited has signed in, or the invitation has ended."
                >
                    <LinkButton href=members>"Invite somebody"</LinkButton>
                </EmptyState>
            }
            .into_any();
        }
        let head = || {
            view! {
                <HeaderCell>"Address"</HeaderCell>
                <HeaderCell>"Role"</HeaderCell>
                <HeaderCell>"Invited"</HeaderCell>
                <HeaderCell number=true>"Ends"</HeaderCell>
                <HeaderCell>
                    <span class="sr-only">"What you can do"</span>
                </HeaderCell>
            }
            .into_any()
        };
        let rows = invitations
            .into_iter()
            .map(|invitation| row(known, invitation, withdraw))
            .collect_view();
        view! {
            <Table caption="Open invitations" head=Box::new(head)>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        {state.notice()}
        <Card title="Open invitations" flush=true>
            {content}
        </Card>
    }
    .into_any()
}

fn row(
    known: Known,
    invitation: Invitation,
    withdraw: ServerAction<WithdrawInvitation>,
) -> impl IntoView {
    let pending = withdraw.pending();
    let address = invitation.email.clone();
    view! {
        <Row>
            <Cell>
                <span class="font-semibold break-all">{invitation.email}</span>
            </Cell>
            <Cell>{invitation.role.as_str()}</Cell>
            <Cell>
                <span class="text-muted">
                    <RelativeTime at=invitation.created_at />
                    <small class="block text-faint break-words">
                        {format!("by {}", invitation.invited_by)}
                    </small>
                </span>
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">
                    <RelativeTime at=invitation.expires_at />
                </span>
            </Cell>
            <Cell wide_on_phone=true>
                <ActionForm action=withdraw attr:class=crate::ui::tw("md:text-right")>
                    {known.fields("tenant")}
                    <input type="hidden" name="id" value=invitation.id.to_string() />
                    <Button
                        kind=ButtonKind::Quiet
                        disabled=pending
                        attr:aria-label=format!("Withdraw the invitation of {address}")
                    >
                        "Withdraw"
                    </Button>
                </ActionForm>
            </Cell>
        </Row>
    }
}
