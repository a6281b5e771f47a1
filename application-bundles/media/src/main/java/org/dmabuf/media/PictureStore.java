package org.dmabuf.media;

import java.io.IOException;
import org.dmabuf.media.PictureDecoder.BrokenPictureException;

/** A row of pictures: a folder's files, or the frames of a Motion-JPEG file. */
interface PictureStore extends AutoCloseable {
  /** How many there are, at least 1. */
  int count();

  /** What a picture is called in a sentence, such as {@code "picture '/tmp/a.png'"}. */
  String name(int number);

  /**
   * Decodes a picture.
   *
   * @throws BrokenPictureException when it is none, or is damaged
   */
  Picture load(int number) throws IOException, BrokenPictureException;

  @Override
  void close();
}
