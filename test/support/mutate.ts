import { type Json, type JsonObject, parseJson, type Resource } from "../../src/kernel/index.ts";

const JUNK = [
	'""',
	"null",
	"[]",
	"{}",
	"0.10",
	"1e400",
	"true",
	'"\\ud800"',
	"[null]",
	'[{"id":1}]',
	'{"rawJSON":"1"}',
	'"#x"',
];

/** The same numbers in every run, from 0 to 1. */
export function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

function places(value: Json | undefined, found: [JsonObject, string][] = []): [JsonObject, string][] {
	if (typeof value !== "object" || value === null) return found;
	for (const key of Object.keys(value)) {
		if (!Object.isFrozen(value)) found.push([value as JsonObject, key]);
		places((value as JsonObject)[key], found);
	}
	return found;
}

/** Damages a resource in one of five ways at one place: what a confused or hostile client might send. */
export function mutate(resource: Resource, next: () => number): void {
	const all = places(resource);
	const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
	const [owner, key] = pick(all);
	const [otherOwner, otherKey] = pick(all);
	const action = Math.floor(next() * 5);
	if (action === 0) delete owner[key];
	else if (action === 1) owner[key] = parseJson(pick(JUNK));
	else if (action === 2) owner[pick(["_", "", "x", "value", "contained"]) + key] = parseJson(pick(JUNK));
	else if (action === 3) owner[key] = structuredClone(JSON.parse(JSON.stringify(otherOwner[otherKey] ?? null)));
	else if (!Array.isArray(owner)) Object.assign(owner, { [otherKey]: parseJson(pick(JUNK)) });
}
