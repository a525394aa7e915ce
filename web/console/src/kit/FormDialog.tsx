// A dialog with one form: it sends what was filled in, and shows what was refused. The caller closes it.

import { Form, Modal } from "antd";
import type { ReactNode } from "react";

import { Fault } from "./Fault";
import type { Sending } from "./form";
import { t } from "./texts";

interface FormDialogProps<V> {
  open: boolean;
  title: ReactNode;
  /** The button that sends. */
  action: ReactNode;
  danger?: boolean;
  lead?: ReactNode;
  sending: Sending<V>;
  initialValues?: Partial<V>;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog<V extends object>(props: FormDialogProps<V>) {
  const { sending } = props;
  return (
    <Modal
      open={props.open}
      title={props.title}
      okText={props.action}
      cancelText={t("cancel")}
      okButtonProps={{ danger: props.danger }}
      confirmLoading={sending.busy}
      onOk={() => sending.form.submit()}
      onCancel={props.onClose}
      destroyOnHidden
    >
      {props.lead !== undefined && <p>{props.lead}</p>}
      <Form
        form={sending.form}
        layout="vertical"
        preserve={false}
        onFinish={sending.send}
        initialValues={props.initialValues}
      >
        {props.children}
      </Form>
      {sending.error !== null && <Fault error={sending.error} />}
    </Modal>
  );
}
