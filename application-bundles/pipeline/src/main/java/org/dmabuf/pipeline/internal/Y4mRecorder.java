package org.dmabuf.pipeline.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.ScanoutRecorder;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what displays scan out into a Y4M file, byte for byte. It belongs to the pipeline and
 * outlives each display.
 *
 * <pre>
 *   READY --first frame--> WRITING --close()--> CLOSED
 *                             \--write fails--> BROKEN (later frames are not written; told at close)
 * </pre>
 *
 * <p>Called by one display's thread at a time; close comes from the pipeline's.
 */
final class Y4mRecorder implements ScanoutRecorder, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Y4mRecorder.class);
  private static final byte[] FRAME = "FRAME\n".getBytes(StandardCharsets.US_ASCII);

  private final Path file;
  private final RecordFile channel;
  private final byte[] header;
  private boolean headerWritten;
  private Exception failure;

  /**
   * Opens the file.
   *
   * @param file where to, replaced when it exists
   * @param format the frames' format
   * @param header the stream header without line end; empty to make one
   */
  Y4mRecorder(
      Path file, PixelFormat format, int width, int height, String rate, Optional<String> header) {
    this.file = file;
    String made =
        "YUV4MPEG2 W" + width + " H" + height + " F" + rate + " Ip A1:1 C" + colourSpace(format);
    this.header = (header.orElse(made) + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      this.channel = new RecordFile(file);
    } catch (IOException refused) {
      throw new DmaBufException(
          Errno.EACCES, "The record file " + file + " cannot be written: " + refused);
    }
  }

  /**
   * Returns Y4M's name of a format's samples.
   *
   * @throws DmaBufException EINVAL for RGB and packed YUV, which Y4M does not have
   */
  static String colourSpace(PixelFormat format) {
    return switch (format) {
      case NV12, YUV420 -> "420jpeg";
      case YUV422 -> "422";
      case YUV444 -> "444";
      case GREY -> "mono";
      case YUYV, UYVY, RGB24, XRGB8888, ARGB8888, RGB565, XRGB16161616, ARGB16161616 ->
          throw new DmaBufException(
              Errno.EINVAL,
              format.fourcc()
                  + " cannot be recorded as Y4M, which holds planar YUV only; NV12, YU12, YU16,"
                  + " YU24 and GREY would work");
    };
  }

  @Override
  public synchronized void scanned(long cookie, FrameLayout layout, FrameView view) {
    if (failure != null) {
      return;
    }
    try {
      if (!headerWritten) {
        writeAll(ByteBuffer.wrap(header));
        headerWritten = true;
      }
      writeAll(ByteBuffer.wrap(FRAME));
      if (layout.format() == PixelFormat.NV12) {
        writePlane(layout.planes().get(0), view);
        writeChroma(layout.planes().get(1), view);
      } else {
        for (FrameLayout.Plane plane : layout.planes()) {
          writePlane(plane, view);
        }
      }
    } catch (IOException | DmaBufException failed) {
      failure = failed;
      LOG.error("Recording to {} failed at frame {}: {}", file, cookie, failed.toString());
    }
  }

  /** Closes the file; EIO when any frame could not be written. */
  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException failed) {
      failure = failure == null ? failed : failure;
    }
    if (failure != null) {
      throw new DmaBufException(Errno.EIO, "Recording to " + file + " failed: " + failure);
    }
  }

  private void writePlane(FrameLayout.Plane plane, FrameView view) throws IOException {
    if (plane.pitch() == plane.rowBytes()) {
      view.writeTo(channel, plane.offset(), plane.size());
      return;
    }
    for (int y = 0; y < plane.rows(); y++) {
      view.writeTo(channel, plane.offset() + (long) y * plane.pitch(), plane.rowBytes());
    }
  }

  /** NV12 has U and V in turns; Y4M has all of U, then all of V. */
  private void writeChroma(FrameLayout.Plane plane, FrameView view) throws IOException {
    int samples = plane.rowBytes() / 2;
    byte[] row = new byte[plane.rowBytes()];
    for (int which = 0; which < 2; which++) {
      ByteBuffer one = ByteBuffer.allocate(samples * plane.rows());
      for (int y = 0; y < plane.rows(); y++) {
        view.read(plane.offset() + (long) y * plane.pitch(), row, 0, row.length);
        for (int x = 0; x < samples; x++) {
          one.put(row[2 * x + which]);
        }
      }
      writeAll(one.flip());
    }
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    channel.write(bytes);
  }
}
