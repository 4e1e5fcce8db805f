import t from "tap";
import { somePatient, testClinic } from "../support/clinic.ts";
import { refused } from "../support/refused.ts";

const ask = await testClinic(t);

t.test("what is outside the URL grammar is 404, a wrong method 405 that names the right ones", async (t) => {
	for (const path of [
		"nonsense",
		"Patient/a/b",
		"Patient/a/_history/1/x",
		"Patient/a/_nonsense",
		"Patient//",
		"/Patient",
	]) {
		await refused(t, ask("GET", path), 404, path);
	}
	for (const path of ["Patients", "patient", "DomainResource", "Resource", "Element"])
		await refused(t, ask("GET", path), 404, path);
	t.match((await refused(t, ask("PUT", "metadata"), 405)).message, /Allowed here: GET/);
	t.match((await refused(t, ask("POST", "Patient/a", somePatient()), 405)).message, /GET, PUT, PATCH, DELETE/);
	await refused(t, ask("DELETE", ""), 405);
	await refused(t, ask("DELETE", "Patient/a/_history"), 405);
});

t.test("an operation that is not there is not taken for an id", async (t) => {
	for (const path of ["Patient/$everything", "$export", "Patient/a/$everything"])
		await refused(t, ask("GET", path), 404, path);
	await refused(t, ask("PUT", "Patient/$x", somePatient({ id: "$x" })), 404);
});
