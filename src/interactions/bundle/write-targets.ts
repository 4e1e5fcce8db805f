import {
	type Body,
	type FhirRequest,
	type FhirResponse,
	Problem,
	parseJson,
	type Resource,
} from "../../kernel/index.ts";
import type { TransactionSession } from "../../store/index.ts";
import { readCriteria } from "../conditional.ts";
import { createResource } from "../create.ts";
import { deleteResource } from "../delete.ts";
import type { Exchange } from "../engine.ts";
import { patchResource } from "../patch.ts";
import type { Referring } from "../reference-check.ts";
import { deleteResponse, writeResponse } from "../respond.ts";
import { updateResource } from "../update.ts";
import { atEntry, atEntryAsync, type BundleEntry } from "./entry.ts";
import type { Target } from "./identity.ts";
import { linksOf } from "./links.ts";
import { conditionalReferences, type Replace, requireResolved, rewriteLinks } from "./references.ts";

/** The order in which a transaction acts, whatever the order of its entries. https://hl7.org/fhir/R4/http.html#trules */
const ORDER = ["DELETE", "POST", "PUT", "PATCH"];

/** A writing entry with its links resolved as far as the Bundle itself can tell. */
type Job = {
	readonly target: Target;
	readonly resource: Resource | undefined;
	readonly conditional: readonly string[];
};

/**
 * Writes the targets in order. Conditional references are resolved last, when everything they might mean is
 * written: resources that hold one wait, unless one of their own type is looked for; those are mended in place.
 * Gives back what is written, for its references to be checked; those that were conditional are known to be there.
 */
export async function writeTargets(
	exchange: Exchange,
	session: TransactionSession,
	targets: readonly Target[],
	answers: Map<number, FhirResponse>,
): Promise<Referring[]> {
	const { registry } = exchange.engine;
	const replace = await linksOf(session, targets);
	const jobs = ORDER.flatMap((method) => targets.filter(({ entry }) => entry.method === method)).map((target) =>
		jobOf(exchange, target, replace),
	);
	const looked = new Set(jobs.flatMap(({ conditional }) => conditional.map((url) => url.slice(0, url.indexOf("?")))));
	const written: Referring[] = [];
	const waits = ({ conditional, target }: Job): boolean => conditional.length > 0 && !looked.has(target.type);
	for (const job of jobs) if (!waits(job)) written.push(...(await act(exchange, session, job, answers)));
	const late = jobs.filter(({ conditional }) => conditional.length > 0);
	if (late.length === 0) return written;
	await session.flush();
	const resolved = await resolveConditional(exchange, session, late);
	for (const job of late) {
		const resource = rewriteLinks(registry, job.resource as Resource, resolved);
		if (waits(job)) written.push(...(await act(exchange, session, { ...job, resource }, answers)));
		else await amend(exchange, session, { ...job, resource }, answers);
	}
	return written;
}

function jobOf({ engine }: Exchange, target: Target, replace: Replace): Job {
	const { resource } = target.entry;
	if (!resource || target.found) return { target, resource, conditional: [] };
	return atEntry(target.entry.n, () => {
		const rewritten = rewriteLinks(engine.registry, resource, replace);
		requireResolved(rewritten);
		const conditional = target.entry.method === "PATCH" ? [] : conditionalReferences(engine.registry, rewritten);
		return { target, resource: rewritten, conditional };
	});
}

async function resolveConditional(
	exchange: Exchange,
	session: TransactionSession,
	jobs: readonly Job[],
): Promise<Replace> {
	const asked = new Map<string, number>();
	for (const { target, conditional } of jobs)
		for (const url of conditional) if (!asked.has(url)) asked.set(url, target.entry.n);
	const criteria = [...asked].map(([url, n]) => {
		const mark = url.indexOf("?");
		return atEntry(n, () => readCriteria(exchange, url.slice(0, mark), url.slice(mark + 1)));
	});
	const matches = await session.match(criteria, 2);
	const found = new Map<string, string>();
	for (const [i, [url, n]] of [...asked].entries()) {
		const ids = matches[i] ?? [];
		if (ids.length !== 1) throw unresolved(url, n, ids.length);
		found.set(url, `${url.slice(0, url.indexOf("?"))}/${ids[0]}`);
	}
	return (url) => found.get(url);
}

/** The criteria may hold an identifier, so only their type is named. */
function unresolved(url: string, n: number, matches: number): Problem {
	const type = url.slice(0, url.indexOf("?"));
	const text =
		matches === 0
			? `A conditional reference matches no ${type}. Store the ${type} first, or in this Bundle.`
			: `A conditional reference matches more than one ${type}. Narrow its criteria to one.`;
	return new Problem(matches === 0 ? "unprocessable" : "multiple-matches", { text, expression: "resource" }).at(
		`Bundle.entry[${n}]`,
	);
}

const requestOf = ({ method, path, query, conditions }: BundleEntry): FhirRequest => ({
	method,
	path,
	query,
	conditions,
});

async function act(
	exchange: Exchange,
	session: TransactionSession,
	job: Job,
	answers: Map<number, FhirResponse>,
): Promise<Referring[]> {
	const { entry, ids, found } = job.target;
	const [id] = ids;
	const { response, resource } = await atEntryAsync(entry.n, () => answer(exchange, session, job));
	answers.set(entry.n, response);
	return resource && id !== undefined && !found ? [{ resource, id, at: `Bundle.entry[${entry.n}]` }] : [];
}

/** What an entry is answered, and the resource it stored. */
type Answered = { readonly response: FhirResponse; readonly resource?: Resource };

async function answer(exchange: Exchange, session: TransactionSession, job: Job): Promise<Answered> {
	const { context } = exchange;
	const { target } = job;
	const resource = job.resource as Resource;
	const { entry, type, ids, found, advice } = target;
	const { ifMatch } = entry.conditions;
	const [id = ""] = ids;
	const request = requestOf(entry);
	switch (entry.method) {
		case "DELETE": {
			const deletions = [];
			for (const one of ids) deletions.push(await deleteResource(session, type, one, ifMatch));
			return { response: deleteResponse(request, deletions.length === 1 ? deletions[0] : undefined) };
		}
		case "POST": {
			if (!found) {
				const stored = await createResource(session, resource, id);
				return { response: writeResponse(context, request, stored, true, advice), resource };
			}
			const existing = await session.read(type, id);
			if (!existing)
				throw new Problem(
					"conflict",
					"The resource that its ifNoneExist matched was just deleted. Repeat the request.",
				);
			return { response: writeResponse(context, request, existing, false) };
		}
		case "PUT": {
			const { stored, created } = await updateResource(session, resource, id, ifMatch);
			return { response: writeResponse(context, request, stored, created, advice), resource };
		}
		default: {
			const patch = { body: patchBody(job.resource), conditions: entry.conditions };
			const patching = patchResource(exchange, session, { type, id, request: patch, check: later });
			const patched = await patching.catch((error: unknown) => Promise.reject(ofPatch(error, type)));
			const response = writeResponse(context, request, patched.stored, false, patched.advice);
			return { response, resource: patched.resource };
		}
	}
}

/** What a patch made stands nowhere in the Bundle: its faults are those of the patch. */
function ofPatch(error: unknown, type: string): unknown {
	if (!(error instanceof Problem) || error.constructor !== Problem) return error;
	const issues = error.issues.map((issue) =>
		issue.expression?.split(".")[0] === type ? { ...issue, expression: "resource" } : issue,
	);
	return new Problem(error.kind, issues, error.detail);
}

/** References are checked when all entries are written. */
const later = async (): Promise<void> => undefined;

/** A patch in a Bundle is a Parameters resource, or a Binary that carries the patch. https://hl7.org/fhir/R4/http.html#patch */
export function patchBody(resource: Resource | undefined): Body {
	if (resource?.resourceType !== "Binary") {
		return { kind: "json", tree: resource ?? null, mediaType: "application/fhir+json" };
	}
	const { contentType, data } = resource;
	try {
		const tree = parseJson(Buffer.from(String(data ?? ""), "base64").toString());
		return { kind: "json", tree, mediaType: String(contentType) };
	} catch (error) {
		throw error instanceof Problem ? error.at("resource.data") : error;
	}
}

/** Puts the resolved references into a version that is already written, and into its answer. */
async function amend(
	exchange: Exchange,
	session: TransactionSession,
	job: Job,
	answers: Map<number, FhirResponse>,
): Promise<void> {
	const { entry, type, ids } = job.target;
	const id = ids[0] as string;
	session.amend(job.resource as Resource, id);
	const stored = await session.read(type, id);
	const earlier = answers.get(entry.n);
	if (!stored) return;
	const isNew = earlier?.status === 201;
	answers.set(entry.n, writeResponse(exchange.context, requestOf(entry), stored, isNew, job.target.advice));
}
