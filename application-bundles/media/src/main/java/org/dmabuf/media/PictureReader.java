package org.dmabuf.media;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.media.PictureDecoder.BrokenPictureException;
import org.dmabuf.media.PictureDecoder.Size;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/**
 * Delivers decoded pictures, all in one size. A decoder's own output is XRGB8888 in the picture's
 * own size; everything else counts as converted. The picture decoded last is kept, for a still and
 * for a frame that is read again.
 */
final class PictureReader implements FrameReader {
  private static final int[] DEFAULT_RATE = {25, 1};

  private final PictureStore store;
  private final boolean loop;
  private final SourceInfo info;
  private final FramePacker packer;
  private int keptNumber = -1;
  private boolean keptScaled;
  private Picture kept;

  /**
   * Makes a reader.
   *
   * @param own the size of the first picture
   * @param ownRate numerator and denominator; empty when the pictures have none
   */
  PictureReader(PictureStore store, Size own, Optional<int[]> ownRate, SourceRequest request) {
    this.store = store;
    this.loop = request.loop();
    int[] rate = ownRate.orElse(DEFAULT_RATE);
    boolean asked = request.rateNumerator().isPresent();
    this.info =
        new SourceInfo(
            request.location(),
            request.format().orElse(PixelFormat.XRGB8888),
            request.width().orElse(own.width()),
            request.height().orElse(own.height()),
            request.rateNumerator().orElse(rate[0]),
            asked ? request.rateDenominator() : rate[1],
            loop ? OptionalLong.empty() : OptionalLong.of(store.count()),
            false,
            Optional.empty());
    this.packer = new FramePacker(info.format(), info.width(), info.height());
  }

  @Override
  public SourceInfo info() {
    return info;
  }

  @Override
  public boolean read(long index, FrameTarget target) {
    if (!loop && index >= store.count()) {
      return false;
    }
    Picture picture = picture((int) (index % store.count()));
    boolean converted = info.format() != PixelFormat.XRGB8888 || keptScaled;
    packer.pack(new ArgbRows(picture), converted ? target.converting() : target);
    return true;
  }

  private Picture picture(int number) {
    if (number == keptNumber) {
      return kept;
    }
    try {
      Picture loaded = store.load(number);
      keptScaled = loaded.width() != info.width() || loaded.height() != info.height();
      kept = loaded.scaledTo(info.width(), info.height());
      keptNumber = number;
      return kept;
    } catch (ClosedByInterruptException | InterruptedIOException e) {
      throw new DmaBufException(
          Errno.EINTR, "Reading " + store.name(number) + " was interrupted; read again");
    } catch (IOException e) {
      throw broken(number, e.toString());
    } catch (BrokenPictureException e) {
      throw broken(number, e.getMessage());
    }
  }

  private DmaBufException broken(int number, String why) {
    return new DmaBufException(
        Errno.EIO,
        "Frame %d cannot be produced: %s cannot be decoded: %s"
            .formatted(number, store.name(number), why));
  }

  @Override
  public void close() {
    store.close();
  }
}
