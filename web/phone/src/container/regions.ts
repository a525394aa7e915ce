// What <picker mode="region"> offers.

import { areaList } from "@vant/area-data";
import type { Regions } from "../../../shared/protocol";

export const REGIONS: Regions = {
  ...areaList.province_list,
  ...areaList.city_list,
  ...areaList.county_list,
};
