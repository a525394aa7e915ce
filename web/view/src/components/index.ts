// Every tag with behaviour. Tags that are not here are plain elements, styled by view.css.

import type { ComponentClass } from "../component";
import { Button, Form, Label, Navigator } from "./actions";
import { Icon, Progress, RichText, Text } from "./basic";
import { Checkbox, CheckboxGroup, Radio, RadioGroup, Slider, Switch } from "./choices";
import { Image } from "./image";
import { Input, Textarea } from "./input";
import { ActionSheet, ActionSheetCancel, ActionSheetItem, Loading, Modal, Toast } from "./legacy";
import { MovableArea, MovableView } from "./movable";
import { Picker, PickerView, PickerViewColumn } from "./picker";
import { OpenData, PageMeta, placeholder } from "./placeholders";
import { ScrollView } from "./scroll-view";
import { Swiper, SwiperItem } from "./swiper";

export const COMPONENTS: Record<string, ComponentClass | undefined> = Object.assign(
  Object.create(null) as Record<string, ComponentClass>,
  {
    text: Text,
    icon: Icon,
    progress: Progress,
    "rich-text": RichText,
    image: Image,
    "cover-image": Image,
    button: Button,
    form: Form,
    label: Label,
    navigator: Navigator,
    input: Input,
    textarea: Textarea,
    checkbox: Checkbox,
    "checkbox-group": CheckboxGroup,
    radio: Radio,
    "radio-group": RadioGroup,
    switch: Switch,
    slider: Slider,
    picker: Picker,
    "picker-view": PickerView,
    "picker-view-column": PickerViewColumn,
    "scroll-view": ScrollView,
    swiper: Swiper,
    "swiper-item": SwiperItem,
    "movable-area": MovableArea,
    "movable-view": MovableView,
    loading: Loading,
    toast: Toast,
    modal: Modal,
    "action-sheet": ActionSheet,
    "action-sheet-item": ActionSheetItem,
    "action-sheet-cancel": ActionSheetCancel,
    "page-meta": PageMeta,
    "open-data": OpenData,
  },
);

for (const tag of [
  "audio",
  "video",
  "canvas",
  "map",
  "web-view",
  "camera",
  "live-player",
  "live-pusher",
  "voip-room",
  "editor",
  "ad",
  "ad-custom",
  "official-account",
  "channel-video",
  "channel-live",
  "store-product",
  "store-home",
]) {
  COMPONENTS[tag] = placeholder(tag);
}
