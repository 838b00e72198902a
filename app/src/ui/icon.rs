//! Icons as inline SVG of 24 by 24, in the color of the text and always beside a word.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    Alert,
    Book,
    Building,
    Chart,
    Check,
    Chevron,
    Chip,
    Clock,
    Copy,
    Cross,
    Cube,
    Download,
    Eye,
    Key,
    List,
    Lock,
    Mark,
    Menu,
    Monitor,
    Moon,
    Overview,
    Plus,
    Search,
    Server,
    SignOut,
    Sun,
    Tag,
    Team,
    Trash,
    User,
}

impl Symbol {
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 3.5 2.8 19.5h18.4L12 3.5ZM12 10v4M12 17h.01",
            Self::Book => {
                "M12 6.5C10 5 7.5 4.5 4 4.5v14c3.500 0 6 .5 8 2 2-1.500 4.500-2 8-2v-14c-3.500 0-6 .5-8 2Zm0 0v14"
            }
            Self::Building => {
                "M5 20.500V4h9v16.500M14 9.500h5.500v11M3 20.500h18M8 8h3M8 12h3M8 16h3"
            }
            Self::Chart => "M4 20.500h16M7 17v-5M12 17V5M17 17v-8",
            Self::Check => "M5 12.5 10 17.5 19.500 7",
            Self::Chevron => "M7 10l5 5 5-5",
            Self::Chip => {
                "M7 7h10v10H7zM10 10h4v4h-4zM9.500 3.500V7M14.500 3.500V7M9.500 17v3.500M14.500 17v3.500M3.500 9.500H7M3.500 14.500H7M17 9.500h3.500M17 14.500h3.500"
            }
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.500 2",
            Self::Copy => "M9 9h11v11H9zM15 9V4H4v11h5",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Cube => "M12 3l8 4.5v9L12 21l-8-4.5v-9L12 3Zm0 9 8-4.5M12 12v9M12 12 4 7.5",
            Self::Download => "M12 4v11M7.500 11 12 15.500 16.500 11M4.500 20h15",
            Self::Eye => {
                "M2.500 12C4.500 8 8 6 12 6s7.500 2 9.500 6c-2 4-5.500 6-9.500 6s-7.500-2-9.500-6ZM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z"
            }
            Self::Key => {
                "M8 19a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM11.200 11.300 19 3.500M15.500 7l3 3"
            }
            Self::List => "M5 6h14M5 12h14M5 18h9",
            Self::Lock => "M6 11h12v9.500H6zM8.500 11V7.500a3.500 3.500 0 0 1 7 0V11",
            Self::Mark => "M3 20V12a9 9 0 0 1 18 0v8M8 20v-6.500a4 4 0 0 1 8 0V20M3 20h18",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Monitor => "M3.500 5h17v11.500h-17zM8.500 20h7M12 16.500V20",
            Self::Moon => "M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10Z",
            Self::Overview => "M3 11l9-7 9 7v9a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1Z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Search => {
                "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.500 15.500 20 20"
            }
            Self::Server => {
                "M4 4.500h16v6.500H4zM4 13h16v6.500H4zM7.500 7.750h.01M7.500 16.250h.01"
            }
            Self::SignOut => "M14 4H5v16h9M10 12h10.500M17 8.500l3.500 3.500-3.500 3.500",
            Self::Sun => {
                "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400"
            }
            Self::Tag => "M3.500 11.500v-8h8l9 9-8 8-9-9ZM7.500 7.500h.01",
            Self::Team => {
                "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM3 20c0-3.300 2.700-6 6-6s6 2.700 6 6M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .9 3 3 3 5.500"
            }
            Self::Trash => {
                "M4.500 6.500h15M9 6.500V4h6v2.500M6.500 6.500 7.500 20h9l1-13.500M10 10.500v6M14 10.500v6"
            }
            Self::User => {
                "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 20.500c0-3.600 3.600-6 8-6s8 2.400 8 6"
            }
        }
    }
}

/// Hidden from screen readers, which read the word beside it.
#[component]
pub fn Icon(
    symbol: Symbol,
    /// Width and height in pixels.
    #[prop(default = 17)]
    size: u8,
) -> impl IntoView {
    view! {
        <svg
            width=size
            height=size
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=symbol.path()></path>
        </svg>
    }
    .into_any()
}
