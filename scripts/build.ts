import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";

/*
 * Emits what npm publishes: Node strips no types under node_modules, so the package carries JavaScript in `dist/`,
 * laid out as `src/` is; whatever `src/` reads at run time (JSON, packed definitions) stands beside it as in the source.
 */
rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], {
	stdio: "inherit",
	shell: process.platform === "win32",
});
if (status !== 0) process.exit(status ?? 1);
cpSync("src", "dist", { recursive: true, filter: (source) => !source.endsWith(".ts") });
