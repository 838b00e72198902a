//! `/api/v1/orphans`: machines on the SkyPilot API server that belong to no node.

use super::{
    Answer,
    extract::Confirmation,
    operation::{Operation, delete, get, tagged},
    path::{MachineName, PathId},
    reply::{Empty, List},
};
use crate::http::call::Call;
use domain::{access::PlatformAction::ManageOrphans, node::view::Orphan};

pub fn operations() -> Vec<Operation> {
    tagged(
        "orphans",
        [
            get("/orphans", "list_orphans", list)
                .requires(ManageOrphans)
                .about("Machines on the SkyPilot API server that belong to no node, as last seen."),
            delete("/orphans/{machine}", "delete_orphan", remove)
                .requires(ManageOrphans)
                .about(
                    "Deletes the machine and its disk. The response is sent as soon as the \
                     request is stored. The machine is listed until SkyPilot has deleted it.",
                ),
        ],
    )
}

async fn list(call: Call) -> Answer<List<Orphan>> {
    Ok(List(call.core().nodes.orphans(&call.caller).await?))
}

async fn remove(
    call: Call,
    PathId(MachineName(machine)): PathId<MachineName>,
    Confirmation(name): Confirmation,
) -> Answer<Empty<202>> {
    let nodes = &call.core().nodes;
    nodes.delete_orphan(&call.caller, &machine, &name).await?;
    Ok(Empty)
}
