//! Where a plain form with a command goes when it was refused.

use domain::ids::NodeId;
use domain::node::job::JobInput;
use domain::problem::Problem;

use crate::routes;

/// As much of a command as is sent back in an address; proxies take no more than 8 KiB altogether.
const LONGEST: usize = 6_000;

/// The address of the jobs with what was typed; what is too long for an address is left out, and `problem` says so.
pub fn way_back(id: NodeId, typed: &JobInput, problem: &mut Problem) -> String {
    let page = routes::node_tab(id, "jobs");
    let name = typed.name.as_deref().unwrap_or_default();
    let address = routes::with_query(&page, [("name", name), ("run", &typed.run)]);
    if address.len() <= LONGEST {
        return address;
    }
    problem.next_step = Some(
        "Your command is too long to be sent back here without a script. Go back in your browser: \
         there it is still in the form."
            .to_owned(),
    );
    routes::with_query(&page, [("name", name)])
}

#[cfg(test)]
mod tests {
    use domain::problem::ProblemKind;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_was_typed_comes_back_unless_it_is_too_long_and_then_the_problem_says_so() {
        let id: NodeId = Uuid::from_u128(1).into();
        let mut problem = Problem::new(ProblemKind::Invalid, "The name is not good.");
        let mut input = JobInput {
            name: Some("Train".into()),
            run: "python train.py && echo ok".into(),
        };
        let back = way_back(id, &input, &mut problem);
        assert!(back.ends_with("/jobs?name=Train&run=python%20train.py%20%26%26%20echo%20ok"));
        assert_eq!(problem.next_step, None);
        input.run = "x".repeat(7_000);
        assert!(way_back(id, &input, &mut problem).ends_with("/jobs?name=Train"));
        assert!(problem.next_step.is_some());
    }
}
