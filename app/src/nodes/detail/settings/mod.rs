//! What can be changed about the node: whether it runs, when it stops by itself, and that it is there at all.

mod danger_zone;
mod idle_rule;
mod power;
mod tab;

pub use power::StartForm;
pub use tab::SettingsTab;
