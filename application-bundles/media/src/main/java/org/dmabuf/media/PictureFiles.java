package org.dmabuf.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.dmabuf.media.PictureDecoder.BrokenPictureException;
import org.dmabuf.media.PictureDecoder.Size;

/**
 * Pictures in files of their own: one, or those of a folder with the usual endings in the order of
 * their names.
 */
record PictureFiles(List<Path> paths) implements PictureStore {
  private static final List<String> ENDINGS = List.of(".jpg", ".jpeg", ".png");

  static PictureFiles ofFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> paths = files.filter(PictureFiles::isPicture).sorted().toList();
      if (paths.isEmpty()) {
        throw Limits.invalid(
            "Folder '%s' holds no picture; files that end in %s are"
                .formatted(folder, String.join(", ", ENDINGS)));
      }
      return new PictureFiles(paths);
    } catch (IOException e) {
      throw Failures.of(folder, e);
    }
  }

  private static boolean isPicture(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    return Files.isRegularFile(path) && ENDINGS.stream().anyMatch(name::endsWith);
  }

  /** The size of the first picture; EINVAL when it is none. */
  Size firstSize() {
    Path path = paths.getFirst();
    try (ImageInputStream in = new FileImageInputStream(path.toFile())) {
      return PictureDecoder.size(in);
    } catch (IOException | BrokenPictureException e) {
      String why = e instanceof BrokenPictureException ? e.getMessage() : e.toString();
      throw Limits.invalid("File '" + path + "' cannot be decoded: " + why);
    }
  }

  @Override
  public int count() {
    return paths.size();
  }

  @Override
  public String name(int number) {
    return "file '" + paths.get(number) + "'";
  }

  @Override
  public Picture load(int number) throws IOException, BrokenPictureException {
    return PictureDecoder.decode(Files.readAllBytes(paths.get(number)));
  }

  @Override
  public void close() {
    // Each file is open only while it is read.
  }
}
