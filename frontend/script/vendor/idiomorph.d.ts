// What the script uses of idiomorph 0.8.0 (https://github.com/bigskysoftware/idiomorph).
declare const Idiomorph: {
  morph(
    current: Element,
    next: Element,
    config: {
      morphStyle: 'outerHTML' | 'innerHTML';
      callbacks: {
        beforeNodeMorphed?(node: Node, next: Node): boolean;
        beforeNodeRemoved?(node: Node): boolean;
        beforeAttributeUpdated?(name: string, node: Element, mutation: 'update' | 'remove'): boolean;
      };
    },
  ): unknown;
};
