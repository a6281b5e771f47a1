package org.dmabuf.display.kms;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.dmabuf.pixel.BlendMode;
import org.dmabuf.pixel.ColorSpace;
import org.dmabuf.pixel.Filter;
import org.dmabuf.pixel.Orientation;

/**
 * What a plane is set to.
 *
 * <pre>
 *   framebuffer                       screen
 *   +-----------------+               +--------------------+
 *   |   source        |   converted,  |     destination    |
 *   |   +------+      |   turned,     |     +----------+   |
 *   |   |      | - - -|- -scaled,- - -|- - ->          |   |
 *   |   +------+      |   blended     |     +----------+   |
 *   +-----------------+               +--------------------+
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct drm_plane_state}.
 *
 * @param crtc whose picture it is part of, empty for none, never null
 * @param framebuffer what it shows, empty for nothing, never null
 * @param source which part of the framebuffer, with 16 fractional bits, never null
 * @param destination where on the screen, never null
 * @param blending how it is laid over what is below, never null
 * @param colors how its colours are made, never null
 * @param damage what of the framebuffer has changed since the last commit, in whole pixels; empty
 *     for all of it; never null
 */
public record PlaneState(
    Optional<Crtc> crtc,
    Optional<Framebuffer> framebuffer,
    Rect source,
    Rect destination,
    Blending blending,
    Colors colors,
    List<Rect> damage) {
  /** The alpha of a plane through which nothing shines. */
  public static final int OPAQUE = 0xffff;

  private static final Rect NOWHERE = new Rect(0, 0, 0, 0);

  /**
   * How a plane is laid over what is below it.
   *
   * @param alpha how opaque it is as a whole, 0 to {@link #OPAQUE}
   * @param mode how its own alpha is taken, never null
   * @param zpos its height, 0 is at the bottom; of two alike the one with the higher number is on
   *     top
   */
  public record Blending(int alpha, BlendMode mode, int zpos) {
    /** Checks that no field is null. */
    public Blending {
      Objects.requireNonNull(mode, "mode");
    }
  }

  /**
   * How a plane's pixels are made.
   *
   * @param space by which YUV is converted, never null
   * @param orientation how it is turned, never null
   * @param filter how it is scaled, never null
   */
  public record Colors(ColorSpace space, Orientation orientation, Filter filter) {
    /** As most framebuffers are. */
    public static final Colors DEFAULT =
        new Colors(ColorSpace.DEFAULT, Orientation.UPRIGHT, Filter.BILINEAR);

    /** Checks that no field is null. */
    public Colors {
      Objects.requireNonNull(space, "space");
      Objects.requireNonNull(orientation, "orientation");
      Objects.requireNonNull(filter, "filter");
    }
  }

  /** Checks that no field is null. */
  public PlaneState {
    Objects.requireNonNull(crtc, "crtc");
    Objects.requireNonNull(framebuffer, "framebuffer");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(destination, "destination");
    Objects.requireNonNull(blending, "blending");
    Objects.requireNonNull(colors, "colors");
    damage = List.copyOf(damage);
  }

  /** Returns a plane that shows nothing, at a height. */
  static PlaneState off(int zpos) {
    return new PlaneState(
        Optional.empty(),
        Optional.empty(),
        NOWHERE,
        NOWHERE,
        new Blending(OPAQUE, BlendMode.PREMULTIPLIED, zpos),
        Colors.DEFAULT,
        List.of());
  }

  /** Returns it in another CRTC's picture, or in none. */
  public PlaneState withCrtc(Optional<Crtc> now) {
    return new PlaneState(now, framebuffer, source, destination, blending, colors, damage);
  }

  /** Returns it with another framebuffer, or none. */
  public PlaneState withFramebuffer(Optional<Framebuffer> now) {
    return new PlaneState(crtc, now, source, destination, blending, colors, damage);
  }

  /** Returns it with all that says what is shown where. */
  PlaneState showing(Optional<Crtc> on, Optional<Framebuffer> what, Rect from, Rect to) {
    return new PlaneState(on, what, from, to, blending, colors, damage);
  }

  /** Returns it with another part of the framebuffer. */
  public PlaneState withSource(Rect now) {
    return new PlaneState(crtc, framebuffer, now, destination, blending, colors, damage);
  }

  /** Returns it elsewhere on the screen. */
  public PlaneState withDestination(Rect now) {
    return new PlaneState(crtc, framebuffer, source, now, blending, colors, damage);
  }

  /** Returns it blended otherwise. */
  public PlaneState withBlending(Blending now) {
    return new PlaneState(crtc, framebuffer, source, destination, now, colors, damage);
  }

  /** Returns it with its pixels made otherwise. */
  public PlaneState withColors(Colors now) {
    return new PlaneState(crtc, framebuffer, source, destination, blending, now, damage);
  }

  /** Returns it with what has changed in its framebuffer, which the next commit forgets. */
  public PlaneState withDamage(List<Rect> now) {
    return new PlaneState(crtc, framebuffer, source, destination, blending, colors, now);
  }
}
