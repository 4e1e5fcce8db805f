import type { Io } from "./command.ts";

const BAR = 24;

/** Tells how a long transfer goes: a bar that redraws itself on a terminal, else a line every ten seconds. */
export class Progress {
	readonly #io: Io;
	readonly #total: number;
	readonly #stored: string;
	readonly #started = performance.now();
	#shown = performance.now();
	#units = 0;
	#resources = 0;
	#refused = 0;

	/** `total` in any unit (bytes, bundles); 0 when it is not known. `stored` says what is counted. */
	constructor(io: Io, total: number, stored = "resources stored") {
		this.#io = io;
		this.#total = total;
		this.#stored = stored;
	}

	add(units: number, resources: number): void {
		this.#units += units;
		this.#resources += resources;
		const now = performance.now();
		if (now - this.#shown < (this.#io.interactive ? 150 : 10_000)) return;
		this.#shown = now;
		if (this.#io.interactive) process.stderr.write(`\r\x1b[K${this.#bar()}${this.#line()}`);
		else this.#io.err(this.#line());
	}

	/** One thing was not stored. */
	refuse(): void {
		this.#refused++;
	}

	/** The last word: how much, how long, how fast. */
	end(): void {
		if (this.#io.interactive) process.stderr.write("\r\x1b[K");
		this.#io.out(this.#line());
	}

	#bar(): string {
		if (this.#total === 0) return "";
		const done = Math.min(1, this.#units / this.#total);
		const full = Math.round(done * BAR);
		return `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${Math.floor(done * 100)} %  `;
	}

	#line(): string {
		const seconds = (performance.now() - this.#started) / 1000;
		const rate = Math.round(this.#resources / Math.max(seconds, 0.001));
		const refused = this.#refused === 0 ? "" : `, ${this.#refused} refused`;
		return `${count(this.#resources)} ${this.#stored} in ${seconds.toFixed(1)} s (${count(rate)}/s)${refused}`;
	}
}

const count = (value: number): string => value.toLocaleString("en-IN");
