import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Form, Input, InputNumber, Modal } from "antd";
import { useEffect, useState } from "react";

import { api, queries } from "../frame/session";
import { notify } from "../frame/Notices";
import { Fault } from "../kit/Fault";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { Name, When } from "../kit/Marks";
import { placeText } from "../kit/tree";
import type { Finding, SubmissionDetail, Version } from "../wire";
import type { Mark } from "./Review";
import { SubmissionTag } from "./SubmissionTag";
import { t } from "./texts";

interface DecisionProps {
  of: SubmissionDetail;
  marks: Mark[];
  onClear: () => void;
}

async function keepUp(of: SubmissionDetail): Promise<void> {
  await Promise.all(
    [["submissions"], ["audit"], ["app", of.app_id]].map((queryKey) =>
      queries.invalidateQueries({ queryKey }),
    ),
  );
}

/** The bar with the decision, at the bottom of the page. */
export function Decision({ of, marks, onClear }: DecisionProps) {
  const [modal, modalHolder] = Modal.useModal();
  const [open, setOpen] = useState<"approve" | "reject" | null>(null);
  const release = () => {
    const answer = modal.confirm({
      title: t("releaseAsk", { version: of.version.version }),
      content: t("releaseLead"),
      okText: t("release"),
      onOk: async () => {
        try {
          await api.post<Version>(`/admin/submissions/${of.id}/release`);
        } catch (error) {
          answer.update({ content: <Fault error={error} /> });
          throw error;
        }
        notify(t("released"));
        await keepUp(of);
      },
    });
  };
  return (
    <section className="decision" aria-label={t("decision")}>
      {modalHolder}
      <div className="decision-text">
        {of.state === "pending" ? (
          marks.length > 0 ? (
            <>
              {t("marked", { count: marks.length })}{" "}
              <Button type="link" size="small" onClick={onClear}>
                {t("clearMarks")}
              </Button>
            </>
          ) : (
            <span className="faint">{t("decisionPending")}</span>
          )
        ) : (
          <>
            <SubmissionTag state={of.state} />
            {of.decided_at ? (
              <span className="faint">
                {of.decider && <Name of={of.decider} />} · <When at={of.decided_at} />{" "}
                {of.note && <span dir="auto">· {of.note}</span>}
              </span>
            ) : (
              <span className="faint">{t("decisionWithdrawn")}</span>
            )}
          </>
        )}
      </div>
      <div className="buttons">
        {of.state === "pending" && (
          <>
            <Button danger onClick={() => setOpen("reject")}>
              {t("reject")}
            </Button>
            <Button type="primary" onClick={() => setOpen("approve")}>
              {t("approve")}
            </Button>
          </>
        )}
        {of.version.state === "approved" && (
          <Button type="primary" onClick={release}>
            {t("release")}
          </Button>
        )}
      </div>
      <Approve of={of} open={open === "approve"} onClose={() => setOpen(null)} />
      <Reject
        of={of}
        marks={marks}
        open={open === "reject"}
        onClose={() => setOpen(null)}
        onDone={onClear}
      />
    </section>
  );
}

interface DialogProps {
  of: SubmissionDetail;
  open: boolean;
  onClose: () => void;
}

function Approve({ of, open, onClose }: DialogProps) {
  const sending = useSending<{ note?: string }>(async ({ note = "" }) => {
    await api.post<Version>(`/admin/submissions/${of.id}/approve`, { note });
    await keepUp(of);
    onClose();
    notify(t("approved"));
  });
  return (
    <FormDialog
      open={open}
      title={t("approveTitle", { version: of.version.version })}
      action={t("approve")}
      lead={t("approveLead")}
      sending={sending}
      onClose={onClose}
    >
      <Form.Item name="note" label={t("note")}>
        <Input.TextArea
          maxLength={2000}
          placeholder={t("noteHint")}
          autoSize={{ minRows: 2, maxRows: 6 }}
        />
      </Form.Item>
    </FormDialog>
  );
}

const EMPTY: Partial<Finding> = { rule: "", text: "" };

/** The usual rules; a reviewer may type another one. */
function rules(): { value: string; label: string }[] {
  const names = [
    t("ruleFunction"),
    t("rulePermission"),
    t("rulePrivacy"),
    t("rulePayment"),
    t("ruleSecurity"),
    t("ruleContent"),
    t("ruleName"),
  ];
  return names.map((name) => ({ value: name, label: name }));
}

function Reject({
  of,
  marks,
  open,
  onClose,
  onDone,
}: DialogProps & { marks: Mark[]; onDone: () => void }) {
  const sending = useSending<{ reasons: Finding[] }>(async ({ reasons }) => {
    await api.post<Version>(`/admin/submissions/${of.id}/reject`, {
      reasons: reasons.map(({ rule, text, file, line }) => ({
        rule: rule?.trim() ?? "",
        text: text.trim(),
        ...(file ? { file } : {}),
        ...(file && line ? { line } : {}),
      })),
    });
    await keepUp(of);
    onDone();
    onClose();
    notify(t("rejected"));
  });
  const { form } = sending;
  // Each time it opens, the marked places are added; what was typed before stays.
  useEffect(() => {
    if (!open) return;
    const typed = ((form.getFieldValue("reasons") as Finding[] | undefined) ?? []).filter(
      (reason) => reason?.text || reason?.file || reason?.rule,
    );
    const fresh = marks.filter(
      (mark) => !typed.some((reason) => reason.file === mark.file && reason.line === mark.line),
    );
    const reasons = [...typed, ...fresh.map((mark) => ({ ...EMPTY, ...mark }))];
    form.setFieldsValue({ reasons: (reasons.length > 0 ? reasons : [EMPTY]) as Finding[] });
  }, [open, marks, form]);
  const files = (of.files ?? []).map(({ path }) => ({ value: path }));
  return (
    <Modal
      open={open}
      width={680}
      title={t("rejectTitle", { version: of.version.version })}
      okText={t("reject")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true }}
      confirmLoading={sending.busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      forceRender
    >
      <p className="faint dialog-lead">{t("rejectLead")}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={sending.send}>
        <Form.List name="reasons">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <fieldset key={key} className="reason">
                  <legend className="unseen">{t("what", { n: name + 1 })}</legend>
                  <Form.Item name={[name, "rule"]} label={t("rule", { n: name + 1 })}>
                    <AutoComplete options={rules()} placeholder={t("ruleHint")} maxLength={100} />
                  </Form.Item>
                  <div className="field-row place-row">
                    <Form.Item
                      name={[name, "file"]}
                      label={t("file", { n: name + 1 })}
                      className="grow"
                    >
                      <AutoComplete
                        options={files}
                        showSearch={{
                          filterOption: (typed, option) => option?.value.includes(typed) ?? false,
                        }}
                      />
                    </Form.Item>
                    <Form.Item name={[name, "line"]} label={t("line", { n: name + 1 })}>
                      <InputNumber min={1} max={1_000_000} precision={0} controls={false} />
                    </Form.Item>
                    <Button
                      type="text"
                      className="beside-fields"
                      disabled={fields.length === 1}
                      aria-label={t("removeReason", { n: name + 1 })}
                      icon={<DeleteOutlined />}
                      onClick={() => remove(name)}
                    />
                  </div>
                  <Form.Item
                    name={[name, "text"]}
                    label={t("what", { n: name + 1 })}
                    rules={[{ required: true, whitespace: true, message: t("reasonAtLeast") }]}
                  >
                    <Input.TextArea
                      maxLength={2000}
                      placeholder={t("whatHint")}
                      autoSize={{ minRows: 2, maxRows: 6 }}
                    />
                  </Form.Item>
                </fieldset>
              ))}
              <Button
                type="dashed"
                block
                icon={<PlusOutlined aria-hidden />}
                onClick={() => add(EMPTY)}
              >
                {t("addReason")}
              </Button>
            </>
          )}
        </Form.List>
      </Form>
      {marks.length > 0 && (
        <p className="faint">
          {t("markedPlaces")}: {marks.map((mark) => placeText(mark.file, mark.line)).join(", ")}
        </p>
      )}
      {sending.error !== null && <Fault error={sending.error} />}
    </Modal>
  );
}
