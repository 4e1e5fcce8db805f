import t from "tap";
import { parseJson } from "../../src/kernel/index.ts";

t.test("a body nested beyond all sense is a client's fault, not a stack overflow", async (t) => {
	t.throws(() => parseJson("[".repeat(200_000) + "]".repeat(200_000)), { kind: "structure", message: /more than 500/ });
	t.throws(() => parseJson('{"a":'.repeat(501)), { kind: "structure", message: /more than 500/ });
	t.doesNotThrow(() => parseJson("[".repeat(500) + "]".repeat(500)));
	t.doesNotThrow(() => parseJson(`[${"[],".repeat(1000)}"[[["]`), "side by side is not nested");
});
