import { COMMANDS } from "./commands.ts";
import { dispatch } from "./dispatch.ts";

process.exitCode = await dispatch(
	process.argv.slice(2),
	{
		out: (line) => console.log(line),
		err: (line) => console.error(line),
		interactive: process.stderr.isTTY === true,
	},
	COMMANDS,
);
