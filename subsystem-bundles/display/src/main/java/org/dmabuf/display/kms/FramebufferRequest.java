package org.dmabuf.display.kms;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * A framebuffer that is asked for. Kernel counterpart: {@code struct drm_mode_fb_cmd2}.
 *
 * @param width pixels in a row
 * @param height rows
 * @param fourcc DRM's code of the format
 * @param planes where each plane of the format lies, never null
 * @param modifier how the samples are arranged; empty for what the driver takes for granted, which
 *     is linear; never null
 * @param layout the same, of a frame that lies in one buffer; empty for another; never null
 */
public record FramebufferRequest(
    long width,
    long height,
    int fourcc,
    List<Part> planes,
    OptionalLong modifier,
    Optional<FrameLayout> layout) {

  /**
   * Where one plane lies.
   *
   * @param memory in which buffer, never null
   * @param pitch bytes from one row to the next
   * @param offset where in the buffer its first row begins, in bytes
   */
  public record Part(FramebufferMemory.Source memory, long pitch, long offset) {
    /** Checks that no field is null. */
    public Part {
      Objects.requireNonNull(memory, "memory");
    }
  }

  /** Checks that no field is null. */
  public FramebufferRequest {
    planes = List.copyOf(planes);
    Objects.requireNonNull(modifier, "modifier");
    Objects.requireNonNull(layout, "layout");
  }

  /** A framebuffer of which each plane says where it lies. */
  public FramebufferRequest(
      long width, long height, int fourcc, List<Part> planes, OptionalLong modifier) {
    this(width, height, fourcc, planes, modifier, Optional.empty());
  }

  /** Returns a request for a frame that lies in one buffer as a layout says. */
  public static FramebufferRequest of(FrameLayout layout, FramebufferMemory.Source memory) {
    return new FramebufferRequest(
        layout.width(),
        layout.height(),
        layout.format().drmFourcc(),
        layout.planes().stream()
            .map(plane -> new Part(memory, plane.pitch(), plane.offset()))
            .toList(),
        OptionalLong.empty(),
        Optional.of(layout));
  }

  /** Returns it with its samples arranged in some way. */
  public FramebufferRequest withModifier(OptionalLong now) {
    return new FramebufferRequest(width, height, fourcc, planes, now, layout);
  }

  /** Returns a request for a frame of one plane. */
  public static FramebufferRequest of(
      PixelFormat format, int width, int height, int pitch, FramebufferMemory.Source memory) {
    return new FramebufferRequest(
        width,
        height,
        format.drmFourcc(),
        List.of(new Part(memory, pitch, 0)),
        OptionalLong.empty());
  }
}
