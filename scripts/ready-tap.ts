import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/*
 * tap ships built with a TypeScript plugin that cannot load TypeScript 7; `.taprc` leaves it out, and tap has to be
 * built once after each install for that to hold. The build takes seconds, so it runs only where it is missing.
 */
const built = new URL("../node_modules/@tapjs/test/test-built/dist/esm/index.js", import.meta.url);
if (readFileSync(built, "utf8").includes("@tapjs/typescript")) {
	const { status } = spawnSync("tap", ["build"], { stdio: "inherit", shell: process.platform === "win32" });
	process.exitCode = status ?? 1;
}
