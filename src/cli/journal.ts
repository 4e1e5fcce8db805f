import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** A file as it was when it was read: another size or time means other content. */
type Seen = { readonly file: string; readonly size: number; readonly modified: number };
type Entry = Seen & { readonly done: readonly (readonly [from: number, to: number])[] };

/**
 * What the server has acknowledged of some files, so that a second run sends the rest only: JSON lines, each
 * added when an answer comes, so that a crash loses none. Place 0 stands for a whole file.
 */
export class Journal {
	readonly path: string;
	readonly #target: string;
	readonly #done = new Map<string, [number, number][]>();
	readonly #seen = new Map<string, Seen>();
	#begun: boolean;

	/** `target` names server and clinic: what another one acknowledged does not count. `fresh` forgets earlier runs. */
	constructor(path: string, target: string, fresh = false) {
		this.path = path;
		this.#target = target;
		if (fresh) rmSync(path, { force: true });
		this.#begun = existsSync(path) && this.#read();
	}

	/** Whether this place of the file needs not be sent again. */
	has(file: string, place: number): boolean {
		const ranges = this.#done.get(this.#key(file)) ?? [];
		return ranges.some(([from, to]) => place >= from && place <= to);
	}

	/** Notes that the server has stored these places (in ascending order). */
	add(file: string, places: readonly number[]): void {
		if (places.length === 0) return;
		if (!this.#begun) appendFileSync(this.path, `${JSON.stringify({ target: this.#target })}\n`);
		this.#begun = true;
		const entry: Entry = { ...this.#look(file), done: ranges(places) };
		appendFileSync(this.path, `${JSON.stringify(entry)}\n`);
	}

	#read(): boolean {
		const [first = "{}", ...lines] = readFileSync(this.path, "utf8").split("\n");
		if (JSON.parse(first).target !== this.#target) {
			throw new Error(`${this.path} belongs to another server or clinic: give --journal or --fresh`);
		}
		for (const line of lines.filter(isWhole)) {
			const { done, ...seen } = JSON.parse(line) as Entry;
			const key = keyOf(seen);
			this.#done.set(key, [...(this.#done.get(key) ?? []), ...done.map(([from, to]): [number, number] => [from, to])]);
		}
		for (const [key, list] of this.#done) this.#done.set(key, merged(list));
		return true;
	}

	#key(file: string): string {
		return keyOf(this.#look(file));
	}

	#look(file: string): Seen {
		const known = this.#seen.get(file);
		if (known !== undefined) return known;
		const { size, mtimeMs } = statSync(file);
		const seen = { file: relative(dirname(resolve(this.path)), resolve(file)), size, modified: Math.floor(mtimeMs) };
		this.#seen.set(file, seen);
		return seen;
	}
}

const keyOf = ({ file, size, modified }: Seen): string => `${file}\n${size}\n${modified}`;

/** A crash may leave half a line at the end. */
const isWhole = (line: string): boolean => line.endsWith("}");

function ranges(places: readonly number[]): [number, number][] {
	return merged(places.map((place) => [place, place]));
}

function merged(list: readonly (readonly [number, number])[]): [number, number][] {
	const result: [number, number][] = [];
	for (const [from, to] of [...list].sort((a, b) => a[0] - b[0])) {
		const last = result.at(-1);
		if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
		else result.push([from, to]);
	}
	return result;
}
