/** Where a command writes: results to `out`, faults and progress to `err`. `interactive`: a person looks at a terminal. */
export type Io = { out(line: string): void; err(line: string): void; interactive: boolean };

/**
 * One word of the command line. `run` gets what stands behind the word and gives the exit code:
 * 0 done, 1 failed, 2 asked wrongly.
 */
export type Command = {
	readonly name: string;
	readonly summary: string;
	/** The whole help text: first line the call, then its options. */
	readonly usage: string;
	run(args: readonly string[], io: Io): Promise<number>;
};

/** The command was asked wrongly: the text names the fault and the mend; the exit code is 2. */
export class UsageFault extends Error {
	constructor(message: string) {
		super(message);
		this.name = "UsageFault";
	}
}

/**
 * A whole number given as an option.
 * @throws UsageFault when it is none, or out of bounds.
 */
export function wholeNumber(
	option: string,
	text: string | undefined,
	fallback: number,
	least: number,
	most: number,
): number {
	if (text === undefined) return fallback;
	const value = Number(text);
	if (/^\d+$/.test(text) && value >= least && value <= most) return value;
	throw new UsageFault(`--${option} is "${text}": it must be a whole number from ${least} to ${most}`);
}
