package org.dmabuf.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.dmabuf.media.AviIndex.Chunk;
import org.dmabuf.media.PictureDecoder.BrokenPictureException;

/** The frames of a Motion-JPEG AVI. */
final class AviFrames implements PictureStore {
  private final AviIndex index;
  private final ReopenedFile file;

  AviFrames(Path path, AviIndex index) {
    this.index = index;
    this.file = new ReopenedFile(path);
  }

  @Override
  public int count() {
    return index.frames().size();
  }

  @Override
  public String name(int number) {
    return "frame " + number + " of file '" + file.path() + "'";
  }

  @Override
  public Picture load(int number) throws IOException, BrokenPictureException {
    int from = number;
    while (from >= 0 && index.frames().get(from).length() == 0) {
      from--;
    }
    if (from < 0) {
      throw new BrokenPictureException("it repeats the frame before, and there is none");
    }
    return PictureDecoder.decode(JpegTables.withTables(bytes(index.frames().get(from))));
  }

  private byte[] bytes(Chunk chunk) throws IOException, BrokenPictureException {
    ByteBuffer buffer = ByteBuffer.allocate(chunk.length());
    FileChannel channel = file.channel();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, chunk.offset() + buffer.position()) < 0) {
        throw new BrokenPictureException("the file was truncated while it was read");
      }
    }
    return buffer.array();
  }

  @Override
  public void close() {
    file.close();
  }
}
