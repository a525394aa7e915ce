// The second script: what few pages have. The shell brings it when a page needs it (../../shared/extra.ts);
// it runs after the first, and takes from it what both use (main.ts).

import { pictureOf, pointsOf } from "./canvas/export";
import { measuredFonts } from "./canvas/fonts";
import { Stage } from "./canvas/stage";
import { Camera, LivePusher } from "./components/camera";
import { Canvas } from "./components/canvas";
import { Editor } from "./components/editor";
import { MapView } from "./components/map";
import { Audio, LivePlayer, Video } from "./components/media";
import { addExtras } from "./extras";
import { Scripts } from "./wxs/scripts";

addExtras({
  components: {
    audio: Audio,
    camera: Camera,
    canvas: Canvas,
    editor: Editor,
    "live-player": LivePlayer,
    "live-pusher": LivePusher,
    map: MapView,
    video: Video,
  },
  Scripts,
  Stage,
  measuredFonts,
  pictureOf,
  pointsOf,
});
