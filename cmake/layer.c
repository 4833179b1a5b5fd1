/* The program that caifs_layer() links with a whole layer. Never run. */

int main(void)
{
	return 0;
}
