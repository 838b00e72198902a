//! The design system: what every page is made of. One component a file; a page should need no markup finer than these.

mod badge;
mod button;
mod card;
mod choice_cards;
mod code;
mod copy_button;
mod danger_zone;
mod dialog;
mod empty_state;
mod field;
mod icon;
mod life_left;
mod list;
mod meter;
mod notice;
mod page_header;
mod pagination;
mod preview_button;
mod relative_time;
mod save_button;
mod search_bar;
mod select;
mod steps;
mod table;
mod tabs;
mod text_area;
mod text_input;
mod theme_toggle;

pub use badge::{Badge, Tone};
pub use button::{Button, ButtonKind, LinkButton};
pub use card::{Card, Fact, Facts, Stat};
pub use choice_cards::{ChoiceCard, ChoiceCards};
pub use code::Code;
pub use copy_button::CopyButton;
pub use danger_zone::DangerZone;
pub use dialog::Dialog;
pub use empty_state::{Empty, EmptyState};
pub use field::{Field, FieldMessage};
pub use icon::{Icon, Symbol};
pub use life_left::LifeLeft;
pub use list::{List, Paging};
pub use meter::Meter;
pub use notice::Notice;
pub use page_header::PageHeader;
pub use pagination::Pagination;
pub use preview_button::{FillButton, PreviewButton};
pub use relative_time::{
    Elapsed, RelativeTime, Remaining, duration_words, elapsed_words, exact, now, remaining_words,
};
pub use save_button::SaveButton;
pub use search_bar::{Chip, Chips, FilterSelect, SearchBar};
pub use select::{Choice, Select};
pub use steps::{StepMark, StepRow, Steps};
pub use table::{Cell, Column, Row, Table};
pub use tabs::{Tab, Tabs};
pub use text_area::TextArea;
pub use text_input::TextInput;
pub use theme_toggle::ThemeToggle;

/// Marks a string as utility classes. The stylesheet is generated from these and from `class="..."` attributes alone,
/// so a class name written in any other way gets no rule.
pub const fn tw(classes: &'static str) -> &'static str {
    classes
}
