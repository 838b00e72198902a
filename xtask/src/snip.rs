//! Takes code out of the compiled program that cannot run, but that no linker can know to be dead.
//!
//! Leptos erases the type of a view by putting its functions into a table, among them the one that hydrates it
//! piece by piece while parts of the program are still being loaded. The portal's program comes in one piece and hydrates in
//! one go (`hydrate_body`), so nothing ever calls that function; but it stands in the table, and with all it calls
//! it was a seventh of the program. Here its body becomes a trap, and what it alone used goes when wasm-bindgen
//! collects garbage.

use walrus::{FunctionId, LocalFunction, Module};

/// The function in the table, and the future it returns, as the symbol names of rustc spell their paths. Only these
/// two: functions that only resemble dead ones may be shared, since LLVM keeps one of several that are equal.
const DEAD: [&str; 2] = [
    "tachys..view..any_view..IntoAny$GT$8into_any13hydrate_async17h",
    "tachys..view..any_view..IntoAny$GT$8into_any13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h",
];

/// Makes traps of the dead functions; returns how many there were. None means that Leptos or rustc names them otherwise now.
pub fn dead_functions(module: &mut Module) -> usize {
    let dead: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .filter(|(id, _)| {
            let name = module.funcs.get(*id).name.as_deref();
            name.is_some_and(is_dead)
        })
        .map(|(id, _)| id)
        .collect();
    for id in &dead {
        trap(module, *id);
    }
    dead.len()
}

fn is_dead(symbol: &str) -> bool {
    DEAD.iter().any(|path| symbol.contains(path))
}

fn trap(module: &mut Module, id: FunctionId) {
    let ty = module.types.get(module.funcs.get(id).ty());
    let (parameters, results) = (ty.params().to_vec(), ty.results().to_vec());
    let arguments = parameters.iter().map(|ty| module.locals.add(*ty)).collect();
    let mut builder = walrus::FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    let function: LocalFunction = builder.local_func(arguments);
    *module.funcs.get_mut(id).kind.unwrap_local_mut() = function;
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUTURE: &str = "_ZN66_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$8into_any13hydrate_async\
                          28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE";

    /// A module whose functions are in a table, as those of a view are.
    fn module(names: &[&str]) -> Module {
        let mut module = Module::default();
        for name in names {
            let mut builder = walrus::FunctionBuilder::new(
                &mut module.types,
                &[walrus::ValType::I32],
                &[walrus::ValType::I32],
            );
            let argument = module.locals.add(walrus::ValType::I32);
            builder.func_body().local_get(argument);
            let id = builder.finish(vec![argument], &mut module.funcs);
            module.funcs.get_mut(id).name = Some((*name).to_owned());
            module.exports.add(name, id);
        }
        module
    }

    fn is_trap(module: &Module, name: &str) -> bool {
        let id = module.funcs.by_name(name).unwrap();
        let function = module.funcs.get(id).kind.unwrap_local();
        let body = function.block(function.entry_block());
        matches!(&body.instrs[..], [(walrus::ir::Instr::Unreachable(_), _)])
    }

    #[test]
    fn only_the_dead_become_traps() {
        let others = [
            "_ZN66_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$8into_any19hydrate_from_server17h0123456789abcdefE",
            "_ZN5tachys14reactive_graph13hydrate_async17h0123456789abcdefE",
        ];
        let mut before = module(&[FUTURE, others[0], others[1]]);
        assert_eq!(dead_functions(&mut before), 1);
        let after = Module::from_buffer(&before.emit_wasm()).unwrap();
        assert!(is_trap(&after, FUTURE));
        assert!(others.iter().all(|name| !is_trap(&after, name)));
    }
}
