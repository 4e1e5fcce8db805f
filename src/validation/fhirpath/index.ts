export { correctedExpression } from "./corrections.ts";
export { compilePath, compileTest, expressionFault, missingName, type Path, type Test } from "./expression.ts";
export { type Budget, type Node, node, type Scope } from "./node.ts";
