import type { Command } from "../../../src/cli/command.ts";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { dispatch } from "../../../src/cli/dispatch.ts";

/** Runs `phc …` in this process and keeps what it writes. */
export async function phc(args: readonly string[], commands: readonly Command[] = COMMANDS) {
	const out: string[] = [];
	const err: string[] = [];
	const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line), interactive: false };
	const code = await dispatch(args, { ...io, out: (l) => void io.out(l), err: (l) => void io.err(l) }, commands);
	return { code, out: out.join("\n"), err: err.join("\n") };
}
