import { type Command, type Io, UsageFault } from "./command.ts";

/** Runs the command that `argv` names and gives its exit code. Never throws: a fault becomes one line on `io.err`. */
export async function dispatch(argv: readonly string[], io: Io, commands: readonly Command[]): Promise<number> {
	const [word = "help", ...args] = argv;
	if (word === "help" || word === "--help" || word === "-h") return help(args[0], io, commands);
	const command = commands.find(({ name }) => name === word);
	if (command === undefined) return unknown(word, io, commands);
	if (asksForHelp(args)) return help(word, io, commands);
	try {
		return await command.run(args, io);
	} catch (error) {
		const wrongly = error instanceof UsageFault || isParseFault(error);
		io.err(`phc ${word}: ${error instanceof Error ? error.message : String(error)}`);
		if (wrongly) io.err(`See: phc ${word} --help`);
		return wrongly ? 2 : 1;
	}
}

function help(word: string | undefined, io: Io, commands: readonly Command[]): number {
	if (word !== undefined) {
		const command = commands.find(({ name }) => name === word);
		if (command === undefined) return unknown(word, io, commands);
		io.out(command.usage);
		return 0;
	}
	const width = Math.max(...commands.map(({ name }) => name.length)) + 3;
	io.out("phc <command> [options]\n");
	for (const { name, summary } of commands) io.out(`  ${name.padEnd(width)}${summary}`);
	io.out("\nphc <command> --help says more about one of them.");
	return 0;
}

function unknown(word: string, io: Io, commands: readonly Command[]): number {
	const near = commands
		.map(({ name }) => ({ name, steps: distance(word, name) }))
		.filter(({ name, steps }) => steps <= 2 || name.startsWith(word))
		.sort((a, b) => a.steps - b.steps)[0];
	io.err(`phc: there is no command "${word}".${near ? ` Did you mean "${near.name}"?` : ""} See: phc help`);
	return 2;
}

function asksForHelp(args: readonly string[]): boolean {
	const end = args.indexOf("--");
	const options = end === -1 ? args : args.slice(0, end);
	return options.includes("--help") || options.includes("-h");
}

const isParseFault = (error: unknown): boolean =>
	error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");

/** How many letters must be put in, taken out or changed to make one word the other. */
function distance(from: string, to: string): number {
	let row = Array.from({ length: to.length + 1 }, (_, i) => i);
	for (let i = 1; i <= from.length; i++) {
		const next = [i];
		for (let j = 1; j <= to.length; j++) {
			const changed = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
			next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
		}
		row = next;
	}
	return row[to.length] as number;
}
