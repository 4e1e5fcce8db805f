import t from "tap";
import { problemOf, toProblemDetails } from "../../src/http/outcome.ts";
import { Problem, toOutcome } from "../../src/kernel/index.ts";

const failure = { requestId: "r-1", bodyLimit: 16 * 1024 * 1024 };

t.test("an outcome has an issue for each fault, with its place and its own code", async (t) => {
	const problem = new Problem(
		"value",
		[
			{ text: "Patient.gender must be a code.", expression: "Patient.gender" },
			{ text: "Unknown code.", code: "code-invalid" },
		],
		"private",
	);
	t.strictSame(toOutcome(problem), {
		resourceType: "OperationOutcome",
		issue: [
			{
				severity: "error",
				code: "value",
				details: { text: "Patient.gender must be a code." },
				diagnostics: "Patient.gender must be a code.",
				expression: ["Patient.gender"],
			},
			{ severity: "error", code: "code-invalid", details: { text: "Unknown code." }, diagnostics: "Unknown code." },
		],
	});
});

t.test("problem details name the status, the kind, the request and each fault", async (t) => {
	const problem = new Problem("invalid", { text: "slug is too short.", expression: "slug" }, "private");
	t.strictSame(toProblemDetails(problem, "r-1"), {
		type: "about:blank",
		title: "Bad Request",
		status: 400,
		detail: "slug is too short.",
		kind: "invalid",
		requestId: "r-1",
		errors: [{ detail: "slug is too short.", field: "slug" }],
	});
});

t.test("a problem stays what it is", async (t) => {
	const problem = new Problem("conflict", "x");
	t.equal(problemOf(problem, failure), problem);
});

const framework: readonly [error: object, status: number, text: RegExp][] = [
	[{ code: "FST_ERR_CTP_BODY_TOO_LARGE", statusCode: 413 }, 413, /larger than 16 MB, the limit/],
	[{ code: "FST_ERR_CTP_INVALID_MEDIA_TYPE", statusCode: 415 }, 415, /Send application\/fhir\+json/],
	[{ code: "FST_ERR_CTP_INVALID_CONTENT_LENGTH", statusCode: 400 }, 400, /Content-Length/],
	[{ code: "FST_ERR_BAD_URL", statusCode: 400 }, 400, /percent-encoding/],
	[{ code: "FST_UNDER_PRESSURE", statusCode: 503 }, 503, /Retry-After/],
	[{ statusCode: 429 }, 429, /Too many requests/],
	[{ statusCode: 418 }, 400, /malformed/],
	[
		{
			code: "FST_ERR_VALIDATION",
			statusCode: 400,
			validation: [{ instancePath: "/users/0/email", message: "must be string" }],
		},
		400,
		/^users\.0\.email must be string\.$/,
	],
];

for (const [error, status, text] of framework) {
	t.test(`${JSON.stringify(error)} becomes ${status}`, async (t) => {
		const problem = problemOf(Object.assign(new Error("private words"), error), failure);
		t.equal(problem.status, status);
		t.match(problem.message, text);
		t.notMatch(problem.message, /private words/);
	});
}

for (const error of [new Error("secret"), "secret", null, undefined, { statusCode: 500, message: "secret" }]) {
	t.test(`an unknown error (${error}) becomes a fault that names only the request`, async (t) => {
		const outcome = JSON.stringify(toOutcome(problemOf(error, failure)));
		t.match(outcome, /"severity":"fatal","code":"exception"/);
		t.match(outcome, /request id r-1/);
		t.notMatch(outcome, /secret/);
	});
}
