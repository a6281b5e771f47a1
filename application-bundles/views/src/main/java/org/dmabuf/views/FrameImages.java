package org.dmabuf.views;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.awt.image.SinglePixelPackedSampleModel;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * Mapped frames as {@link BufferedImage}, without a copy: what is drawn is in the buffer, what a
 * device wrote is in the picture, within the brackets of CPU access as always.
 *
 * <p>A picture has the lifetime of its mapping: after the unmap, each access to a pixel throws
 * {@link IllegalStateException}. One of a mapping for reading throws EACCES when it is drawn on.
 */
public final class FrameImages {
  private static final int RED = 0xff0000;
  private static final int GREEN = 0xff00;
  private static final int BLUE = 0xff;
  private static final int ALPHA = 0xff000000;

  private FrameImages() {}

  /**
   * Returns a frame as a picture.
   *
   * @param mapping of a buffer with the frame at its start, never null
   * @param layout the frame's, of format XR24, AR24 (whose alpha is taken to be straight), RG16 or
   *     GREY; never null
   * @return the picture over the mapping's memory, never null
   * @throws DmaBufException EINVAL for another format, a pitch that is not of whole pixels, and a
   *     mapping that is shorter than the frame
   */
  public static BufferedImage of(CpuMapping mapping, FrameLayout layout) {
    ColorModel colours = colours(layout);
    FrameLayout.Plane plane = layout.planes().getFirst();
    int bytes = DataBuffer.getDataTypeSize(colours.getTransferType()) / Byte.SIZE;
    if (plane.pitch() % bytes != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A picture of a pitch of " + plane.pitch() + " bytes; a multiple of " + bytes + " works");
    }
    long end = plane.offset() + plane.size();
    if (mapping.segment().byteSize() < end) {
      throw new DmaBufException(
          Errno.EINVAL,
          mapping
              + " has "
              + mapping.segment().byteSize()
              + " bytes, a picture of "
              + layout
              + " needs "
              + end);
    }
    MappedData data = MappedData.of(mapping.segment().asSlice(plane.offset(), plane.size()), bytes);
    SampleModel samples = samples(colours, layout, plane.pitch() / bytes);
    return new BufferedImage(
        colours, Raster.createWritableRaster(samples, data, new Point()), false, null);
  }

  private static ColorModel colours(FrameLayout layout) {
    PixelFormat format = layout.format();
    return switch (format) {
      case XRGB8888 -> new DirectColorModel(24, RED, GREEN, BLUE);
      case ARGB8888 -> new DirectColorModel(32, RED, GREEN, BLUE, ALPHA);
      case RGB565 -> new DirectColorModel(16, 0xf800, 0x7e0, 0x1f);
      case GREY ->
          new ComponentColorModel(
              ColorSpace.getInstance(ColorSpace.CS_GRAY),
              false,
              false,
              Transparency.OPAQUE,
              DataBuffer.TYPE_BYTE);
      default ->
          throw new DmaBufException(
              Errno.EINVAL,
              "A picture of format " + format + " was asked; XR24, AR24, RG16 and GREY work");
    };
  }

  private static SampleModel samples(ColorModel colours, FrameLayout layout, int stride) {
    int type = colours.getTransferType();
    int width = layout.width();
    int height = layout.height();
    return colours instanceof DirectColorModel direct
        ? new SinglePixelPackedSampleModel(type, width, height, stride, direct.getMasks())
        : new PixelInterleavedSampleModel(type, width, height, 1, stride, new int[] {0});
  }
}
