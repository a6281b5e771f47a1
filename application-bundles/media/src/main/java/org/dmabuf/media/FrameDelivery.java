package org.dmabuf.media;

import java.util.OptionalLong;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/**
 * How a Y4M's frames come into a target: as they are, or converted to the format and the size that
 * were requested.
 *
 * <p>Not safe for threads: keeps its row buffers.
 */
final class FrameDelivery {
  private final FrameLayout own;
  private final Colours colours;
  private final SourceInfo info;
  private final FramePacker packer;

  FrameDelivery(Y4mHeader header, SourceRequest request, OptionalLong frames) {
    this.own = header.layout();
    this.colours = header.colours();
    PixelFormat format = request.format().orElse(own.format());
    int width = request.width().orElse(own.width());
    int height = request.height().orElse(own.height());
    boolean asked = request.rateNumerator().isPresent();
    this.info =
        new SourceInfo(
            request.location(),
            format,
            width,
            height,
            request.rateNumerator().orElse(header.rateNumerator()),
            asked ? request.rateDenominator() : header.rateDenominator(),
            frames,
            false,
            header.lineFor(format, width, height));
    this.packer = new FramePacker(format, width, height);
  }

  SourceInfo info() {
    return info;
  }

  /** Where the planes lie in the file. */
  FrameLayout own() {
    return own;
  }

  /** Tells whether frames are delivered byte for byte. */
  boolean asIs() {
    return info.y4mHeader().isPresent();
  }

  /** Writes a frame that lies in an array. */
  void deliver(byte[] data, FrameTarget target) {
    if (!asIs()) {
      PixelRows rows = new PlanarRows(data, own, colours);
      if (info.width() != own.width() || info.height() != own.height()) {
        rows = new ScaledRows(rows, info.width(), info.height());
      }
      packer.pack(rows, target.converting());
      return;
    }
    for (int plane = 0; plane < own.planes().size(); plane++) {
      FrameLayout.Plane p = own.planes().get(plane);
      int at = Math.toIntExact(p.offset());
      for (int y = 0; y < p.rows(); y++) {
        target.writeRow(plane, y, data, at);
        at += p.rowBytes();
      }
    }
  }
}
