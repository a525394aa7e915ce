import { Command } from "../kit/CopyText";
import { t } from "./texts";

/**
 * The command line, from this host itself: npx asks the public registry for a bare name, and takes
 * what a stranger may have put there.
 */
export const COMMAND_LINE = `npx --yes ${location.origin}/sdk/teahouse.tgz`;

export function UploadCommand({ appId }: { appId: string }) {
  return <Command text={`${COMMAND_LINE} upload . --app ${appId}`} what={t("uploadCommand")} />;
}
