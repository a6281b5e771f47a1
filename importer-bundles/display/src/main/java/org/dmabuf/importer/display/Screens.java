package org.dmabuf.importer.display;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.display.kms.KmsInfo.Feature;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.SizeLimits;

/** Reads what a display is from its configuration. */
final class Screens {
  private static final Pattern MODE =
      Pattern.compile("(\\d{1,5})x(\\d{1,5})@(\\d{1,4}(\\.\\d{1,3})?)");
  private static final int MILLI = 3;
  private static final int USUAL_WIDTH = 1920;
  private static final int USUAL_HEIGHT = 1080;
  private static final int USUAL_REFRESH = 60_000;

  private Screens() {}

  /** Returns what it is; EINVAL for a text that is no mode or no format, and as {@link KmsInfo}. */
  static KmsInfo info(VkmsConfig config) {
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    if (config.scaling()) {
      features.add(Feature.SCALING);
    }
    if (config.cloning()) {
      features.add(Feature.CLONING);
    }
    if (config.async()) {
      features.add(Feature.ASYNC_FLIP);
    }
    return new KmsInfo(
        config.dmabuf_node(),
        Arrays.stream(config.formats()).map(PixelFormat::parse).toList(),
        config.min_side(),
        config.max_side(),
        Arrays.stream(config.screens()).map(modes -> screen(modes, config)).toList(),
        features);
  }

  private static KmsInfo.Screen screen(String modes, VkmsConfig config) {
    return new KmsInfo.Screen(modes(modes), config.overlays(), config.cursor(), config.writeback());
  }

  /** As the other, of a display that shows every format and can do all. */
  static KmsInfo info(DisplayConfig config, KmsInfo.Maker maker) {
    SizeLimits sizes =
        SizeLimits.ofFrames(
            config.min_width(), config.min_height(), config.max_width(), config.max_height());
    List<List<Mode>> screens =
        config.screens().length == 0
            ? List.of(List.of(usual(sizes)))
            : Arrays.stream(config.screens()).map(Screens::modes).toList();
    return new KmsInfo(
        config.device(),
        maker,
        List.of(PixelFormat.values()),
        config.pitch_align(),
        sizes,
        screens.stream()
            .map(
                modes ->
                    new KmsInfo.Screen(
                        modes, config.overlays(), config.cursor(), config.writeback()))
            .toList(),
        EnumSet.allOf(Feature.class));
  }

  private static Mode usual(SizeLimits sizes) {
    return new Mode(
        Math.clamp(USUAL_WIDTH, sizes.minWidth(), sizes.maxWidth()),
        Math.clamp(USUAL_HEIGHT, sizes.minHeight(), sizes.maxHeight()),
        USUAL_REFRESH);
  }

  private static List<Mode> modes(String text) {
    return Arrays.stream(text.split(",")).map(Screens::mode).toList();
  }

  private static Mode mode(String text) {
    Matcher mode = MODE.matcher(text.strip());
    if (!mode.matches()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Mode '" + text + "' is none; width, height and Hz such as 1920x1080@59.94 would work");
    }
    return new Mode(
        Integer.parseInt(mode.group(1)),
        Integer.parseInt(mode.group(2)),
        new BigDecimal(mode.group(3)).movePointRight(MILLI).intValueExact());
  }
}
