// A form that sends: the refused field gets the sentence, anything else is shown as a block.

import { Form, type FormInstance } from "antd";
import { useState } from "react";

import { ApiError } from "../../../shared/api";

export interface Sending<V> {
  form: FormInstance<V>;
  busy: boolean;
  /** An error that belongs to no field. */
  error: unknown;
  send: (values: V) => Promise<void>;
  reset: () => void;
}

export function useSending<V extends object>(send: (values: V) => Promise<void>): Sending<V> {
  const [form] = Form.useForm<V>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    form,
    busy,
    error,
    reset: () => {
      form.resetFields();
      setError(null);
    },
    send: async (values) => {
      setBusy(true);
      setError(null);
      try {
        await send(values);
      } catch (cause) {
        const field = cause instanceof ApiError ? cause.field : null;
        if (field !== null && field in values) {
          form.setFields([{ name: field as never, errors: [(cause as ApiError).message] }]);
          form.scrollToField(field as never);
        } else {
          setError(cause);
        }
      } finally {
        setBusy(false);
      }
    },
  };
}
