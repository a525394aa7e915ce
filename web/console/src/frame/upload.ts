// Uploads with progress: `fetch` cannot tell how much has been sent, XMLHttpRequest can.

import { ApiError, problemOf } from "../../../shared/api";
import { locale } from "../../../shared/i18n";
import { api } from "./session";

/** Bundles are up to 32 MiB; on a line of 1 Mbit/s that takes five minutes. */
const UPLOAD_TIMEOUT_MS = 600_000;

export async function upload<T>(
  path: string,
  form: FormData,
  onProgress: (fraction: number) => void,
): Promise<T> {
  const token = await api.accessToken();
  const response = await new Promise<Response>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}`);
    request.timeout = UPLOAD_TIMEOUT_MS;
    if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", locale());
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    const lost = () =>
      reject(
        new ApiError(0, "network", "The upload did not arrive. Check your network and try again."),
      );
    request.onerror = lost;
    request.ontimeout = lost;
    request.onload = () => {
      const requestId = request.getResponseHeader("x-request-id");
      const headers = new Headers(requestId ? { "x-request-id": requestId } : {});
      resolve(new Response(request.responseText, { status: request.status, headers }));
    };
    request.send(form);
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as T;
}
