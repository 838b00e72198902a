//! The members with their roles, and for callers who may manage members the form that invites one.

use domain::tenancy::{Member, TenantDetail};
use leptos::prelude::*;

use super::member_row::member_row;
use crate::page::PageRequest;
use crate::tenants::permissions::TenantPermissions;
use crate::tenants::{InviteForm, InviteTo};
use crate::ui::{Card, Column, Empty, EmptyState, Table, tw};

const COLUMNS: &[Column] = &[
    Column::text("User"),
    Column::text("Role"),
    Column::text("Last seen"),
    Column::ACTIONS,
];

#[component]
pub fn Members(
    request: PageRequest,
    tenant: TenantDetail,
    permissions: TenantPermissions,
) -> impl IntoView {
    let TenantDetail {
        tenant, members, ..
    } = tenant;
    let row = |member: Member| member_row(&request, tenant.id, member, permissions);
    let rows = members.into_iter().map(row).collect::<Vec<_>>();
    let empty = || {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No members yet"
                text="Members can view the tenant and use it as their role allows. Invite the first member."
            />
        }
    };
    let (columns, invite) = if permissions.manage_members {
        let to = InviteTo::Tenant(tenant.slug);
        (
            tw("grid grid-cols-1 gap-3.5 items-start xl:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]"),
            Some(view! { <InviteForm request=request to=to /> }),
        )
    } else {
        (tw("grid grid-cols-1 gap-3.5"), None)
    };
    view! {
        <div class=columns>
            <div class="min-w-0">
                <Card title="Members" flush=true>
                    <Table caption="Members" columns=COLUMNS rows=rows empty=empty />
                </Card>
            </div>
            {invite}
        </div>
    }
    .into_any()
}
