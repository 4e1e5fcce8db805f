import { Problem } from "../../kernel/index.ts";
import type { PropertyType } from "../large-systems.ts";

/** A concept as it is read; without a display the best of its designations becomes it. */
export type ReadConcept = {
	readonly code: string;
	readonly display?: string;
	readonly inactive?: boolean;
	readonly abstract?: boolean;
	readonly definition?: string;
	/** It may come several times, and the last one counts. */
	readonly repeatable?: boolean;
};

/** Another name of a concept; the lower its `rank` (0), the rather it is the display. `id` is what `prefer` refers to. */
export type ReadDesignation = {
	readonly code: string;
	readonly value: string;
	readonly language?: string;
	readonly use?: string;
	readonly rank?: number;
	readonly id?: string;
};

/** Where readers of files put what they read, in any order. */
export type ConceptSink = {
	concept(concept: ReadConcept): void;
	designation(designation: ReadDesignation): void;
	/** Takes `by` from the rank of a designation. */
	prefer(id: string, by: number): void;
	property(code: string, property: string, value: string, type: PropertyType): void;
	/** Both codes are of the system; the parent subsumes the code. */
	parent(code: string, parent: string): void;
	/** To be awaited after every some hundred things: resolves when more may come. */
	ready(): Promise<void>;
};

/** What is known of the system when all is read. `url` is the canonical without version. */
export type SystemFacts = {
	readonly url: string;
	readonly version: string;
	readonly name: string;
	readonly caseSensitive: boolean;
};

/** What the one who loads says; what is not said is taken from the files. */
export type ReadOptions = {
	readonly system?: string;
	readonly version?: string;
	readonly name?: string;
	/** The language of the displays, where the files have several: `en`, `en-GB`, or the id of a SNOMED CT refset. */
	readonly language?: string;
};

/** A fault of a file: names the file, the line where there is one, and the mend. */
export const fileFault = (file: string, line: number | undefined, text: string): Problem =>
	new Problem("unprocessable", `${file}${line === undefined ? "" : `, line ${line}`}: ${text}`);

/** A code as FHIR has it: no blanks at the ends, single ones within. https://hl7.org/fhir/R4/datatypes.html#code */
export const isCode = (code: string): boolean => /^\S+(?: \S+)*$/.test(code);
