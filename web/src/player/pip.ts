/** Picture in picture, where the browser has it. */
export const pip = {
  possible: typeof document !== 'undefined' && document.pictureInPictureEnabled === true,

  async toggle(video: HTMLVideoElement | undefined): Promise<void> {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await video?.requestPictureInPicture();
    } catch {
      // The browser wants a picture first.
    }
  },
};
