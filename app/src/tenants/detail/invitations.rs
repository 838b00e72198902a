//! Pending invitations, for callers who may manage members.

use domain::ids::TenantId;
use domain::tenancy::{Invitation, TenantDetail};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::form::{Form, FormState};
use crate::page::PageRequest;
use crate::routes;
use crate::tenants::functions::CancelInvitation;
use crate::tenants::permissions::TenantPermissions;
use crate::ui::{
    Button, ButtonKind, Card, Cell, Column, Empty, EmptyState, LinkButton, RelativeTime, Row, Table,
};

const COLUMNS: &[Column] = &[
    Column::text("Email address"),
    Column::text("Role"),
    Column::text("Invited"),
    Column::number("Expires"),
    Column::ACTIONS,
];

#[component]
pub fn Invitations(
    request: PageRequest,
    tenant: TenantDetail,
    permissions: TenantPermissions,
) -> impl IntoView {
    let TenantDetail {
        tenant,
        invitations,
        ..
    } = tenant;
    let row = |invitation: Invitation| {
        let form = request.form(CancelInvitation::url()).keyed(invitation.id);
        row(form, tenant.id, invitation)
    };
    let rows = invitations.into_iter().map(row).collect::<Vec<_>>();
    let tenant_page = routes::tenant(&tenant.slug);
    let empty = move || {
        if permissions.manage_members {
            view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="No pending invitations"
                    text="An invitation is listed here until it is accepted or expires."
                >
                    <LinkButton href=tenant_page>"Invite member"</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            let text = "Invitations require the admin role in this tenant. Ask a tenant admin for the role.";
            view! {
                <EmptyState why=Empty::NoPermission title="You cannot view invitations" text=text />
            }
            .into_any()
        }
    };
    view! {
        <Card title="Pending invitations" flush=true>
            <Table caption="Pending invitations" columns=COLUMNS rows=rows empty=empty />
        </Card>
    }
    .into_any()
}

fn row(form: FormState, tenant: TenantId, invitation: Invitation) -> AnyView {
    let label = format!("Cancel the invitation for {}", invitation.email);
    view! {
        <Row id=format!("invitation-{}", invitation.id)>
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
            <Cell wide_on_small=true>
                <Form state=form class="lg:text-right">
                    <input type="hidden" name="tenant" value=tenant.to_string() />
                    <input type="hidden" name="id" value=invitation.id.to_string() />
                    <Button kind=ButtonKind::Quiet attr:aria-label=label>
                        "Cancel"
                    </Button>
                </Form>
            </Cell>
        </Row>
    }
    .into_any()
}
