import { Command } from "../kit/CopyText";
import { t } from "./texts";

export function UploadCommand({ appId }: { appId: string }) {
  return <Command text={`npx teahouse upload . --app ${appId}`} what={t("uploadCommand")} />;
}
