// Every tag with behaviour; ../extra.ts adds those that few pages have. Tags that are not here are plain
// elements, styled by view.css.

import type { ComponentClass } from "../component";
import { Button, Form, Label, Navigator } from "./actions";
import { Icon, Progress, RichText, Text } from "./basic";
import { Checkbox, CheckboxGroup, Radio, RadioGroup, Slider, Switch } from "./choices";
import { GridView, StickyHeader } from "./grids";
import { Image } from "./image";
import { Input, Textarea } from "./input";
import { ActionSheet, ActionSheetCancel, ActionSheetItem, Loading, Modal, Toast } from "./legacy";
import { MatchMedia, PageContainer, RootPortal } from "./layers";
import { MovableArea, MovableView } from "./movable";
import { Picker, PickerView, PickerViewColumn } from "./picker";
import { NavigationBar, PageMeta } from "./page-meta";
import { OpenData, PLACEHOLDERS } from "./placeholders";
import { ScrollView } from "./scroll-view";
import { Swiper, SwiperItem } from "./swiper";
import { WebView } from "./web-view";

export const COMPONENTS: Record<string, ComponentClass | undefined> = Object.assign(
  Object.create(null) as Record<string, ComponentClass>,
  {
    text: Text,
    icon: Icon,
    progress: Progress,
    "rich-text": RichText,
    image: Image,
    "web-view": WebView,
    "page-container": PageContainer,
    "root-portal": RootPortal,
    "match-media": MatchMedia,
    "grid-view": GridView,
    "sticky-header": StickyHeader,
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
    "navigation-bar": NavigationBar,
    "open-data": OpenData,
    ...PLACEHOLDERS,
  },
);
