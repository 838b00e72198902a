//! What a person is told whose order has no room in its environment.

use crate::records::{LimitReached, Room};
use domain::problem::{FieldError, Problem, ProblemKind};

/// The refusal of an order into the environment `name`.
pub(crate) fn refusal(name: &str, room: Room) -> Problem {
    let (detail, next) = match room {
        Room::Archived | Room::Enough => (
            format!("The environment {name} is archived; nothing can be ordered there."),
            "Choose another environment.",
        ),
        Room::LimitReached(reached) => (words(name, reached), way_out(reached)),
    };
    Problem {
        fields: vec![FieldError::new("environment", format!("{detail} {next}"))],
        ..Problem::new(ProblemKind::Conflict, detail).next(next)
    }
}

fn words(name: &str, reached: LimitReached) -> String {
    match reached {
        LimitReached::Clusters { limit, in_use } => {
            let clusters = counted(limit, "cluster");
            format!("The environment {name} may hold {clusters}, and has {in_use}.")
        }
        LimitReached::Nodes { limit, in_use } => {
            let nodes = counted(limit, "node");
            format!("The environment {name} may hold {nodes}, and has {in_use}.")
        }
        LimitReached::Price {
            limit,
            in_use,
            wanted,
        } => format!(
            "Everything in the environment {name} together may cost {limit} an hour. What is there \
             costs {in_use}, and this would add {wanted}."
        ),
    }
}

fn counted(number: u32, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

fn way_out(reached: LimitReached) -> &'static str {
    match reached {
        LimitReached::Clusters { .. } => {
            "Delete a cluster there, choose another environment, or ask a platform admin for more."
        }
        LimitReached::Nodes { .. } => {
            "Take a node down there, choose another environment, or ask a platform admin for more."
        }
        LimitReached::Price { .. } => {
            "Choose something smaller, delete something there, or ask a platform admin for more."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::MicroDollars;

    #[test]
    fn a_refusal_says_the_limit_what_is_in_use_and_the_way_out() {
        for (reached, limit, in_use) in [
            (
                LimitReached::Clusters {
                    limit: 3,
                    in_use: 4,
                },
                "3 clusters",
                "has 4",
            ),
            (
                LimitReached::Nodes {
                    limit: 1,
                    in_use: 1,
                },
                "1 node,",
                "has 1",
            ),
            (
                LimitReached::Price {
                    limit: MicroDollars(5_000_000),
                    in_use: MicroDollars(4_500_000),
                    wanted: MicroDollars(2_000_000),
                },
                "$5.00 an hour",
                "$4.50",
            ),
        ] {
            let problem = refusal("dev", Room::LimitReached(reached));
            let message = problem.field("environment").unwrap();
            for part in [limit, in_use, "ask a platform admin"] {
                assert!(message.contains(part), "{part}: {message}");
            }
        }
    }
}
