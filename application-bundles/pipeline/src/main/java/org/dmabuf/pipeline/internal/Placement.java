package org.dmabuf.pipeline.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.display.kms.PlaneState;
import org.dmabuf.display.kms.PlaneState.Blending;
import org.dmabuf.display.kms.Rect;

/**
 * Where a pipeline's frames are on a screen that is more than they: on an overlay plane above a
 * backdrop.
 *
 * <pre>
 *   screen      +--------------------------+
 *               |  backdrop (primary)      |
 *               |     at +------------+    |
 *               |        |   frames   |    |   alpha: how much of the backdrop shines through
 *               |        +------------+    |
 *               +--------------------------+
 * </pre>
 *
 * @param width of the screen in pixels
 * @param height of the screen in rows
 * @param at where the frames are on it, scaled to that size, never null
 * @param alpha how opaque they are, 0 to {@link PlaneState#OPAQUE}
 * @param zpos how high the plane is; the backdrop is at 0
 * @param backdrop what is behind them, never null
 */
record Placement(int width, int height, Rect at, int alpha, int zpos, Backdrop backdrop) {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
  private static final int PERCENT = 100;

  /**
   * Reads a configuration.
   *
   * @param frameWidth the width of the frames that are shown
   * @param frameHeight their height
   * @return empty when frames are the whole screen
   * @throws DmaBufException EINVAL with a sentence for anything that cannot be
   */
  static Optional<Placement> of(PipelineConfig config, int frameWidth, int frameHeight) {
    if (!config.overlay()) {
      return Optional.empty();
    }
    int width = frameWidth;
    int height = frameHeight;
    if (!config.screen().isEmpty()) {
      Matcher size = SIZE.matcher(config.screen());
      if (!size.matches()) {
        throw wrong(config, "a screen of '" + config.screen() + "'; WxH such as 1920x1080");
      }
      width = Integer.parseInt(size.group(1));
      height = Integer.parseInt(size.group(2));
    }
    if (config.overlay_alpha() < 0 || config.overlay_alpha() > PERCENT) {
      throw wrong(config, "an opacity of " + config.overlay_alpha() + "; 0 to 100 percent");
    }
    if (config.overlay_width() < 0 || config.overlay_height() < 0 || config.overlay_zpos() < 0) {
      throw wrong(
          config,
          "%dx%d pixels at height %d; 0 (for the frames' own size) or more, and 0 or more"
              .formatted(config.overlay_width(), config.overlay_height(), config.overlay_zpos()));
    }
    Rect at =
        new Rect(
            config.overlay_x(),
            config.overlay_y(),
            config.overlay_width() == 0 ? frameWidth : config.overlay_width(),
            config.overlay_height() == 0 ? frameHeight : config.overlay_height());
    return Optional.of(
        new Placement(
            width,
            height,
            at,
            config.overlay_alpha() * PlaneState.OPAQUE / PERCENT,
            config.overlay_zpos(),
            Backdrop.parse(config.background())));
  }

  private static DmaBufException wrong(PipelineConfig config, String what) {
    return new DmaBufException(
        Errno.EINVAL,
        "Pipeline " + config.name() + " was to show its frames with " + what + " would work");
  }

  /** Puts a plane there that is shown by a request. */
  void place(AtomicRequest request, Plane plane) {
    request.set(
        plane,
        state ->
            state
                .withDestination(at)
                .withBlending(new Blending(alpha, state.blending().mode(), zpos)));
  }
}
