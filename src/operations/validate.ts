import {
	type Action,
	type Exchange,
	examine,
	isError,
	mayDo,
	missingReferences,
	profileHint,
	readStored,
	requireAccess,
	requireStorable,
	requireType,
} from "../interactions/index.ts";
import { type Issue, outcomeOf, PROBLEM_KINDS, Problem, parseJson, type Resource } from "../kernel/index.ts";
import { MESSAGES } from "../validation/index.ts";
import type { Input, Operation } from "./operation.ts";

/** https://hl7.org/fhir/R4/valueset-resource-validation-mode.html */
const MODES = ["create", "update", "delete", "profile"] as const;
type Mode = (typeof MODES)[number];

/** R4 names one; each costs as much as the whole resource does without. */
const MOST_PROFILES = 20;

/** What is asked: about `resource`, or where that is not given about the one of the URL. */
type Question = {
	readonly mode: Mode | undefined;
	readonly profiles: readonly string[];
	readonly resource: Resource | undefined;
};

/**
 * Says all that is amiss with a resource, and whether an interaction with it would be done. It writes nothing.
 * https://hl7.org/fhir/R4/resource-operation-validate.html
 */
export const validate: Operation = {
	code: "validate",
	definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
	documentation:
		"Tells all that is amiss with a resource, by R4, the profiles it claims and those named. Writes nothing.",
	levels: ["system", "type", "instance"],
	affectsState: false,
	parameters: [
		{
			name: "resource",
			use: "in",
			min: 0,
			max: "1",
			type: "Resource",
			documentation: "What to look at; without it the stored resource of the URL",
		},
		{ name: "mode", use: "in", min: 0, max: "1", type: "code", documentation: `One of ${MODES.join(", ")}` },
		{
			name: "profile",
			use: "in",
			min: 0,
			max: "*",
			type: "uri",
			documentation: "Canonical of a profile that it must conform to beside those it claims",
		},
		{ name: "return", use: "out", min: 1, max: "1", type: "OperationOutcome", documentation: "What was found" },
	],
	access: { roles: ["ADMIN", "DOCTOR", "NURSE", "PHARMACIST", "AUDITOR", "INTEGRATION"] },
	async handle(exchange, input) {
		const found = await answer(exchange, readQuestion(exchange, input));
		const issues = found.length === 0 ? [ALL_OK] : found;
		return { status: 200, body: JSON.stringify(outcomeOf(issues, { severity: "error", code: "invalid" })) };
	},
};

const ALL_OK: Issue = { severity: "information", code: "informational", text: "All OK: nothing is amiss." };

function readQuestion({ params }: Exchange, input: Input): Question {
	const [given] = input.get("mode") ?? [];
	const mode = MODES.find((one) => one === given);
	if (given !== undefined && mode === undefined) {
		throw new Problem("value", { text: `The mode must be one of ${MODES.join(", ")}.`, expression: "mode" });
	}
	if ((mode === "update" || mode === "delete") && params.id === "") {
		const text = `The mode ${mode} is about a resource of the server: name it in the URL, as Patient/1/$validate.`;
		throw new Problem("value", { text, expression: "mode" });
	}
	const profiles = input.get("profile") ?? [];
	if (profiles.length > MOST_PROFILES) {
		const text = `$validate looks at ${MOST_PROFILES} profiles at most. Ask about the others in requests of their own.`;
		throw new Problem("value", { text, expression: "profile" });
	}
	if (mode === "profile" && profiles.length === 0) {
		throw new Problem("required", {
			text: "The mode profile needs a profile: name its canonical.",
			expression: "profile",
		});
	}
	if (!profiles.every((one) => typeof one === "string")) {
		throw new Problem("value", { text: "A profile is named by its canonical, as text.", expression: "profile" });
	}
	const [resource] = input.get("resource") ?? [];
	if (resource === undefined && params.id === "") {
		const text = "There is nothing to look at: send the resource, alone or as the parameter resource.";
		throw new Problem("required", { text, expression: "resource" });
	}
	return { mode, profiles: profiles as string[], resource: resource as Resource | undefined };
}

async function answer(exchange: Exchange, question: Question): Promise<Issue[]> {
	if (question.mode === "delete") return aboutDelete(exchange);
	const { type } = exchange.params;
	const given = question.resource;
	const resource =
		given === undefined ? await storedOf(exchange) : type === "" ? given : requireType(exchange, given, type);
	const found = await aboutContent(exchange, question, resource);
	return [...aboutMode(exchange, question, resource), ...(await aboutExistence(exchange, question)), ...found];
}

async function storedOf(exchange: Exchange): Promise<Resource> {
	requireAccess(exchange.context.caller, "read", exchange.params.type);
	return parseJson((await readStored(exchange)).text) as Resource;
}

/** What would hinder a write of this content, whoever writes it. Rules that build on sound content are asked where it is. */
async function aboutContent(exchange: Exchange, { mode, profiles }: Question, resource: Resource): Promise<Issue[]> {
	const { engine, context, session, params } = exchange;
	const unknown = profiles.filter((canonical) => !isKnown(exchange, canonical));
	const asWritten = mode === "create" || mode === "update";
	const found = await examine(exchange, resource, {
		profiles: profiles.filter((canonical) => !unknown.includes(canonical)),
		...(asWritten && profiles.length === 0 ? {} : { mode: "enforce" }),
		advice: true,
	});
	const issues = [...unknown.map((canonical) => unknownProfile(exchange, canonical)), ...found];
	if (found.some(isError)) return issues;
	const storable = issuesOf(() => requireStorable(exchange, resource));
	if (!context.tenant.validation.references) return [...issues, ...storable];
	const id = params.id === "" ? resource.id : params.id;
	return [...issues, ...storable, ...(await missingReferences({ engine, context }, session, [{ resource, id }]))];
}

function isKnown({ engine }: Exchange, canonical: string): boolean {
	try {
		return engine.definitions.profile(canonical) !== undefined;
	} catch (error) {
		// It is here but cannot be used, which the validator tells.
		if (error instanceof Problem) return true;
		throw error;
	}
}

function unknownProfile({ engine }: Exchange, canonical: string): Issue {
	const { rule, code } = MESSAGES["profile-missing"];
	const hint = profileHint(canonical, engine.definitions);
	const text = `The profile ${canonical} is not here.${hint} Add its package or its StructureDefinition, or correct the canonical.`;
	return { text, code, rule, severity: "error" };
}

/** What of the interaction would fail beside the content. */
function aboutMode({ context, params }: Exchange, { mode }: Question, resource: Resource): Issue[] {
	const { resourceType: type, id } = resource;
	const refused = mode === "create" || mode === "update" ? aboutRight(context.caller, mode, type) : [];
	if (params.id !== "" && id !== params.id && (mode === "update" || id !== undefined)) {
		const text = `The resource has ${id === undefined ? "no id" : "another id"}, but the URL names ${params.id}: make the two agree.`;
		return [...refused, { severity: "error", code: "invalid", text, expression: `${type}.id` }];
	}
	if (mode !== "create" || id === undefined || params.id !== "") return refused;
	const text = "The server gives a new resource an id of its own; this one plays no part.";
	return [...refused, { severity: "information", code: "informational", text, expression: `${type}.id` }];
}

/** An update of what is not there is no fault, but may be a mistake. */
async function aboutExistence({ context, session, params }: Exchange, { mode }: Question): Promise<Issue[]> {
	const { type, id } = params;
	if (mode !== "update" || !mayDo(context.caller, "read", type) || (await session.read(type, id))) return [];
	const text = `There is no ${type}/${id}: the update would create it.`;
	return [{ severity: "information", code: "informational", text }];
}

const aboutRight = (caller: Exchange["context"]["caller"], action: Action, type: string): Issue[] =>
	mayDo(caller, action, type) ? [] : issuesOf(() => requireAccess(caller, action, type));

async function aboutDelete(exchange: Exchange): Promise<Issue[]> {
	const { context, session, params } = exchange;
	const { type, id } = params;
	const refused = aboutRight(context.caller, "delete", type);
	requireAccess(context.caller, "read", type);
	if (refused.length > 0 || (await session.read(type, id))) return refused;
	const text = `There is no ${type}/${id}: to delete it would change nothing.`;
	return [{ severity: "information", code: "informational", text }];
}

/** A Problem as findings. */
function issuesOf(work: () => void): Issue[] {
	try {
		work();
		return [];
	} catch (error) {
		if (!(error instanceof Problem)) throw error;
		return error.issues.map((issue) => ({ code: PROBLEM_KINDS[error.kind].code, severity: "error", ...issue }));
	}
}
