import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { foldWords } from "./words.ts";

/** A concept as a reader of files gives it; without a display the best of its designations is taken. */
export type StagedConcept = {
	readonly code: string;
	readonly display?: string;
	readonly inactive?: boolean;
	readonly abstract?: boolean;
	readonly definition?: string;
	/** It may come several times, and the last one counts. */
	readonly repeatable?: boolean;
};

/** Another name of a concept; the lower its `rank`, the rather it is the display. `id` is what `prefer` refers to. */
export type StagedDesignation = {
	readonly code: string;
	readonly value: string;
	readonly language?: string;
	readonly use?: string;
	readonly rank?: number;
	readonly id?: string;
};

/** Where a reader puts what it reads, in any order; after some hundred things it awaits `ready`. */
export type ConceptSink = {
	concept(concept: StagedConcept): void;
	designation(designation: StagedDesignation): void;
	/** Takes `by` from the rank of a designation. */
	prefer(id: string, by: number): void;
	property(code: string, property: string, value: string, type: string): void;
	parent(code: string, parent: string): void;
	ready(): Promise<void>;
};

const TABLES = {
	concept: "seq int, code text, display text, inactive boolean, abstract boolean, definition text, repeatable boolean",
	term: "seq int, code text, language text, use text, value text, folded text, rank int, ref text, listed boolean",
	preference: "ref text, by int",
	property: "code text, property text, value text, type text",
	edge: "code text, parent text",
	ancestors: "id int, ancestors int[]",
} as const;

type Table = keyof typeof TABLES;

const FULL = 2_000_000;

/** Temporary tables that end with the transaction, filled by COPY in pieces of some megabytes. */
export class Staging implements ConceptSink {
	readonly #client: pg.PoolClient;
	readonly #pieces = new Map<Table, string>();
	#size = 0;
	#seq = 0;

	constructor(client: pg.PoolClient) {
		this.#client = client;
	}

	async open(): Promise<void> {
		for (const [table, columns] of Object.entries(TABLES)) {
			const collated = columns.replaceAll(/(\w+ text)/g, '$1 collate "C"');
			await this.#client.query(`create temp table stage_${table} (${collated}) on commit drop`);
		}
	}

	concept({ code, display, inactive, abstract, definition, repeatable }: StagedConcept): void {
		const flags = [inactive === true, abstract === true];
		this.add("concept", [++this.#seq, code, display, ...flags, definition, repeatable === true]);
		if (display) this.#term({ code, value: display }, false);
	}

	designation(designation: StagedDesignation): void {
		this.#term(designation, true);
	}

	#term({ code, value, language, use, rank = 0, id }: StagedDesignation, listed: boolean): void {
		this.add("term", [++this.#seq, code, language, use, value, foldWords(value), rank, id, listed]);
	}

	prefer(id: string, by: number): void {
		this.add("preference", [id, by]);
	}

	property(code: string, property: string, value: string, type: string): void {
		this.add("property", [code, property, value, type]);
	}

	parent(code: string, parent: string): void {
		this.add("edge", [code, parent]);
	}

	/** Notes one row; `undefined` is NULL. */
	add(table: Table, cells: readonly (string | number | boolean | undefined)[]): void {
		const row = `${cells.map(copyText).join("\t")}\n`;
		this.#pieces.set(table, (this.#pieces.get(table) ?? "") + row);
		this.#size += row.length;
	}

	async ready(): Promise<void> {
		if (this.#size > FULL) await this.flush();
	}

	async flush(): Promise<void> {
		for (const [table, text] of this.#pieces) {
			const stream = this.#client.query(copyFrom(`copy stage_${table} from stdin`));
			stream.end(text);
			await finished(stream);
		}
		this.#pieces.clear();
		this.#size = 0;
	}
}

const SPECIAL = /[\\\t\n\r\0]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "" };

/** A cell in COPY's text format. https://www.postgresql.org/docs/current/sql-copy.html */
function copyText(cell: string | number | boolean | undefined): string {
	if (cell === undefined) return "\\N";
	return typeof cell === "string" ? cell.replace(SPECIAL, (found) => ESCAPES[found] as string) : String(cell);
}
