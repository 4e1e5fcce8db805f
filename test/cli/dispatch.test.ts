import t from "tap";
import { type Command, UsageFault } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { phc } from "./support/run.ts";

t.test("every command has a name, a summary and a help text, shown by --help, -h and help", async (t) => {
	t.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
	const list = await phc([]);
	t.equal(list.code, 0);
	for (const { name, summary, usage } of COMMANDS) {
		t.match(usage, new RegExp(`^phc ${name}\\b`));
		t.ok(list.out.includes(name) && list.out.includes(summary), `phc lists ${name}`);
		for (const args of [
			[name, "--help"],
			[name, "-h"],
			["help", name],
		]) {
			t.same(await phc(args), { code: 0, out: usage, err: "" });
		}
	}
});

t.test("an unknown command is refused with the nearest one", async (t) => {
	t.match(await phc(["laod"]), { code: 2, err: /Did you mean "load"\?/ });
	t.match(await phc(["help", "dem"]), { code: 2, err: /Did you mean "demo"\?/ });
	t.notMatch((await phc(["xylophone"])).err, /Did you mean/);
});

t.test("exit code 2 for a wrong question, 1 for a fault, and never a stack trace", async (t) => {
	const failing = (error: Error): Command => ({
		name: "fail",
		summary: "",
		usage: "phc fail",
		run: () => Promise.reject(error),
	});
	t.same(await phc(["fail"], [failing(new UsageFault("Name a file"))]), {
		code: 2,
		out: "",
		err: "phc fail: Name a file\nSee: phc fail --help",
	});
	t.same(await phc(["fail"], [failing(new Error("No disk"))]), { code: 1, out: "", err: "phc fail: No disk" });
	t.match(await phc(["load", "--no-such-option"]), { code: 2, err: /--no-such-option/ });
	t.match(await phc(["load"]), { code: 2, err: /name a file/ });
});
