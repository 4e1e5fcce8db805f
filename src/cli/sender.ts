import { isObject, type Json, type JsonObject } from "../kernel/index.ts";
import type { Answer, FhirClient } from "./client.ts";
import { bundleText, type Parcel, type Piece } from "./parcel.ts";

/** Something the server did not take. `place` 0 is the whole file. */
export type Refusal = {
	readonly file: string;
	readonly unit: "line" | "entry";
	readonly place: number;
	readonly status: number;
	readonly message: string;
};

/** What became of a parcel: places that are stored now, and places that are not. */
export type Delivery = {
	readonly stored: readonly number[];
	readonly resources: number;
	readonly refusals: readonly Refusal[];
};

type Pieces = Extract<Parcel, { pieces: unknown }>;

const BUSY = new Set([429, 503]);
const ROUNDS = 6;

/** Sends a parcel and reads the answer entry by entry. @throws Error when the server cannot be reached or signed in to. */
export async function deliver(parcel: Parcel, client: FhirClient): Promise<Delivery> {
	if ("pieces" in parcel) {
		return parcel.type === "batch" ? deliverBatch(parcel, client) : deliverTransaction(parcel, client);
	}
	const answer = await client.send(parcel.method, parcel.path, parcel.whole);
	if (answer.status >= 300) return refusedWhole(parcel, parcel.place, answer);
	const refusals = entriesOf(answer).flatMap((entry, index) =>
		entry.status < 300 ? [] : [refusal(parcel, index + 1, entry.status, entry.message)],
	);
	return {
		stored: refusals.length === 0 ? [parcel.place] : [],
		resources: parcel.resources - refusals.length,
		refusals,
	};
}

async function deliverTransaction(parcel: Pieces, client: FhirClient): Promise<Delivery> {
	const answer = await client.send("POST", "", bundleText("transaction", parcel.pieces));
	if (answer.status >= 300) return refusedWhole(parcel, 0, answer);
	return { stored: parcel.pieces.map(({ place }) => place), resources: parcel.resources, refusals: [] };
}

/**
 * A transaction writes many resources in few statements, so it goes first; only when it is refused does a batch tell
 * which of its resources are to blame, and store the others.
 */
async function deliverBatch(parcel: Pieces, client: FhirClient): Promise<Delivery> {
	if (parcel.pieces.length > 1) {
		const delivery = await deliverTransaction(parcel, client);
		if (delivery.refusals.length === 0) return delivery;
	}
	return deliverOneByOne(parcel, client);
}

async function deliverOneByOne(parcel: Pieces, client: FhirClient): Promise<Delivery> {
	const stored: number[] = [];
	const refusals: Refusal[] = [];
	let waiting: readonly Piece[] = parcel.pieces;
	for (let round = 0; waiting.length > 0; round++) {
		if (round > 0) await client.backOff(round);
		const answer = await client.send("POST", "", bundleText("batch", waiting));
		const entries = answer.status < 300 ? entriesOf(answer) : [];
		const again: Piece[] = [];
		for (const [index, piece] of waiting.entries()) {
			const { status, message } = entries[index] ?? { status: answer.status, message: outcomeText(answer.text) };
			if (entries[index] !== undefined && status < 300) stored.push(piece.place);
			else if (BUSY.has(status) && round < ROUNDS) again.push(piece);
			else refusals.push(refusal(parcel, piece.place, status, message));
		}
		waiting = again;
	}
	return { stored: stored.sort((a, b) => a - b), resources: stored.length, refusals };
}

function refusedWhole(parcel: Parcel, place: number, answer: Answer): Delivery {
	return { stored: [], resources: 0, refusals: [refusal(parcel, place, answer.status, outcomeText(answer.text))] };
}

const refusal = ({ file, unit }: Parcel, place: number, status: number, message: string): Refusal => ({
	file,
	unit,
	place,
	status,
	message,
});

/** Status and message of each entry of a response Bundle; none when the answer is something else. */
function entriesOf({ text }: Answer): { status: number; message: string }[] {
	const tree = treeOf(text);
	if (!isObject(tree) || !Array.isArray(tree.entry)) return [];
	return tree.entry.map((entry) => {
		const response = isObject(entry) && isObject(entry.response) ? entry.response : {};
		return { status: Number.parseInt(String(response.status), 10) || 500, message: issueText(response.outcome) };
	});
}

const outcomeText = (text: string): string => issueText(treeOf(text));

/** What the first error of an OperationOutcome says. */
function issueText(outcome: Json | undefined): string {
	const issues = isObject(outcome) && Array.isArray(outcome.issue) ? outcome.issue.filter(isObject) : [];
	const [first] = issues;
	if (first === undefined) return "The server gave no reason";
	const details = isObject(first.details) ? (first.details as JsonObject).text : undefined;
	const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
	return `${first.diagnostics ?? details ?? first.code}${more}`;
}

function treeOf(text: string): Json | undefined {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return undefined;
	}
}
